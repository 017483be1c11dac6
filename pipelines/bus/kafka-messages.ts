export interface OutgoingMessage {
  readonly topic: string;
  /** Which partition: bucket mod partitions; the message's key. */
  readonly bucket: number;
  readonly value: Buffer;
  /** UTC ms; when it is sent unless given. */
  readonly timestamp?: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingMessage {
  readonly offset: number;
  /** UTC ms, of the producer. */
  readonly timestamp: number;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  /** From here on messages were asked for: there is none before the first of them. */
  readonly from: number;
  /** The offset that the next message of the partition will get. */
  readonly highWatermark: number;
  readonly messages: readonly IncomingMessage[];
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Partitions of this member, at each assignment. */
  readonly onAssigned: (partitions: readonly { topic: string; partition: number }[]) => void;
  /** Resolves when the next batch may come; a long time is fine, the membership is kept meanwhile. */
  readonly onBatch: (batch: IncomingBatch) => Promise<void>;
  /** The consumer ended and does not come back by itself. */
  readonly onEnd: (reason: string) => void;
}

export interface RunningConsumer {
  seek(topic: string, partition: number, offset: number): void;
  /** Tells the brokers how far the group is, for whoever watches; nothing here relies on it. */
  commit(next: readonly { topic: string; partition: number; offset: number }[]): Promise<void>;
  stop(): Promise<void>;
}
