/** What the thread beside the engine is told. */
export interface WatchTask {
  readonly dataDir: string;
  /** See own-hold.ts. */
  readonly ownHold: number;
  /** The native port that clients know, and the engine's own behind it; null: there is no door. */
  readonly door: { readonly port: number; readonly enginePort: number } | null;
}
