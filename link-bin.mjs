// npx runs what it finds in node_modules/.bin, where npm links only dependencies. A "bin" in package.json would not do:
// npx then installs the checkout into its cache and builds it there a second time.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

const link = 'node_modules/.bin/wxlive';
mkdirSync('node_modules/.bin', { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../dist/cli/main.js', link);
chmodSync('dist/cli/main.js', 0o755);
