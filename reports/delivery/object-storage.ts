import { GetObjectCommand, HeadObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { parse } from 'node:path';
import { fail, succeed, type Outcome } from '../../schemas/index.js';
import type { FrozenFile } from '../ledger/outbox.js';
import type { Shipment } from './channel.js';
import type { ObjectStore } from './object-store.js';

/** The S3-compatible storage of the settings (AWS S3, 腾讯云 COS, 阿里云 OSS, MinIO). */
export interface ObjectStorage {
  /** `https://cos.ap-shanghai.myqcloud.com`; null: AWS. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The bucket stands in the path instead of the host. */
  readonly pathStyle: boolean;
  /** How long a link stays good, at most 7 days. */
  readonly linkSeconds: number;
}

const PART_BYTES = 8 * 1024 * 1024;
const MOST_LINK_SECONDS = 7 * 24 * 3_600;

/** Opens a storage. Large files go in parts; what was stored with the same hash is not sent again. */
export function openObjectStore(storage: ObjectStorage): ObjectStore {
  const client = new S3Client({
    region: storage.region,
    credentials: { accessKeyId: storage.accessKeyId, secretAccessKey: storage.secretAccessKey },
    forcePathStyle: storage.pathStyle,
    // storages other than AWS know no trailing checksums
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    ...(storage.endpoint === null ? {} : { endpoint: storage.endpoint }),
  });
  const { bucket } = storage;

  const hashOf = async (key: string): Promise<string | null> => {
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return head.Metadata?.['sha256'] ?? '';
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  };
  const put = async (shipment: Shipment, file: FrozenFile): Promise<Outcome<string, string>> => {
    const prefix = shipment.definition.delivery.s3?.prefix ?? '';
    const { name: stem, ext } = parse(file.name);
    try {
      for (const name of [file.name, `${stem}_${file.sha256.slice(0, 12)}${ext}`]) {
        const key = `${prefix}${name}`;
        const there = await hashOf(key);
        if (there === file.sha256) return succeed(key);
        if (there !== null) continue;
        await new Upload({
          client,
          partSize: PART_BYTES,
          queueSize: 2,
          params: {
            Bucket: bucket,
            Key: key,
            Body: shipment.read(file),
            Metadata: { sha256: file.sha256 },
            ContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
          },
        }).done();
        return succeed(key);
      }
      return fail('both names are taken by other objects');
    } catch (error) {
      return fail(`the object storage did not take it (${wordOf(error)})`);
    }
  };
  return {
    put,
    async share(shipment, file) {
      const stored = await put(shipment, file);
      if (!stored.ok) return stored;
      const command = new GetObjectCommand({ Bucket: bucket, Key: stored.value });
      const expiresIn = Math.min(storage.linkSeconds, MOST_LINK_SECONDS);
      return succeed(await getSignedUrl(client, command, { expiresIn }));
    },
    close: () => {
      client.destroy();
    },
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
