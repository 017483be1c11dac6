// Prints the counting line of a test run; fails when nothing ran or a test was skipped for want of a tool.
import { readFileSync } from 'node:fs';

/** The runner's own report; without one (it crashed, or was killed) nothing is known to have passed. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.log(`no report of the test run: ${error.message}`);
    return { testResults: [], numPassedTests: 0, numFailedTests: 1, success: false };
  }
}

const report = readReport(process.argv[2]);
const skipped = report.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status === 'skipped' || status === 'pending' || status === 'todo')
    .map(({ fullName }) => `${name}: ${fullName}`),
);
// Only Docker may be missing.
const refused = skipped.filter((name) => !/docker/i.test(name));
for (const name of refused) console.log(`SKIPPED ${name}`);
const failed = report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1);
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed > 0 || report.numPassedTests === 0 || refused.length > 0 ? 1 : 0);
