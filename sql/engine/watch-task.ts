/** What the thread beside the engine is told. */
export interface WatchTask {
  readonly dataDir: string;
  /** See own-hold.ts. */
  readonly ownHold: number;
  /** Null: the engine's ports are its clients' too. */
  readonly doors: { readonly http: DoorPorts; readonly native: DoorPorts } | null;
}

export interface DoorPorts {
  /** Which clients know. */
  readonly port: number;
  /** The engine's own, behind the door. */
  readonly enginePort: number;
}
