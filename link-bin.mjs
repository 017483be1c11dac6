// npx looks for a checkout's own command in node_modules/.bin, where npm links only dependencies.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

const link = 'node_modules/.bin/wxlive';
mkdirSync('node_modules/.bin', { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../dist/cli/main.js', link);
chmodSync('dist/cli/main.js', 0o755);
