// Whether the wxlive of this container is ready: exit 0 or 1.
const port = process.env.WXLIVE_SERVE_PORT ?? '8787';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_500) });
  process.exit(answer.ok ? 0 : 1);
} catch {
  process.exit(1);
}
