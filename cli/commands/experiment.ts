import { Command } from 'commander';
import { textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { UsageError } from '../exit-codes.js';
import { addTableOptions } from '../table-output.js';
import { analyse, answerSpecs } from './analyse.js';

const FLAGS = {
  baselineRate: '--baseline-rate',
  effect: '--effect',
  power: '--power',
  confidence: '--confidence',
  variants: '--variants',
} as const;
type PlanFlag = keyof typeof FLAGS;

/** `wxlive experiment --spec FILE|-` and `wxlive experiment plan`. */
export function experimentCommand(): CommandDefinition {
  const command = new Command('experiment')
    .description('海报与链接实验 / experiments on posters and links')
    .argument('[action]', 'plan：需要多少人 / how many users are needed')
    .option('--spec <file>', '规格文件（JSON），- 为标准输入 / spec as JSON, - for standard input')
    .option('--baseline-rate <rate>', 'plan：基准转化率，0–1 / rate of the baseline')
    .option('--effect <difference>', 'plan：要发现的转化率之差，如 0.02 / difference of rates to be found')
    .option('--power <share>', 'plan：把握，默认 0.8 / chance to find it')
    .option('--confidence <share>', 'plan：置信度，默认 0.95 / confidence')
    .option('--variants <n>', 'plan：版本数，默认 2 / variants')
    .addHelpText(
      'after',
      `
例 / example:
  echo '{"campaign":"double11_poster","variants":["a","b"],"baseline":"a"}' | wxlive experiment --spec -
  echo '{"counts":[{"variant":"a","users":1000,"conversions":50},{"variant":"b","users":1000,"conversions":80}]}' | wxlive experiment --spec -
  wxlive experiment plan --baseline-rate 0.05 --effect 0.02`,
    );
  addTableOptions(command);
  return {
    command,
    run(app, [action], options) {
      if (action === 'plan') return plan(app, options);
      if (action !== undefined) {
        throw new UsageError(
          app.say(`没有「${action}」；只有 experiment plan`, `no '${action}'; there is experiment plan`),
        );
      }
      if (textOption(options, 'spec') === undefined) {
        throw new UsageError(
          app.say('请用 --spec 给出规格，或使用 experiment plan', 'give a --spec, or use experiment plan'),
        );
      }
      refuseFlags(app, options);
      return analyse(app, 'experiment', options);
    },
  };
}

/** The flags as a spec, or the spec of `--spec` when there are none. */
async function plan(app: App, options: Options): Promise<number> {
  if (textOption(options, 'spec') !== undefined) {
    refuseFlags(app, options);
    return analyse(app, 'experiment', options);
  }
  const number = (flag: PlanFlag): number | undefined => {
    const text = textOption(options, flag);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw new UsageError(
        app.say(`${FLAGS[flag]} 应为数字：${text}`, `${FLAGS[flag]} needs a number: ${text}`),
      );
    }
    return value;
  };
  const needed = (flag: PlanFlag): number => {
    const value = number(flag);
    if (value === undefined) {
      throw new UsageError(app.say(`请给出 ${FLAGS[flag]}`, `give ${FLAGS[flag]}`));
    }
    return value;
  };
  const spec = {
    baseline_rate: needed('baselineRate'),
    effect: needed('effect'),
    ...given('power', number('power')),
    ...given('confidence', number('confidence')),
    ...given('variants', number('variants')),
  };
  return answerSpecs(app, 'experiment', { list: [{ plan: spec }], single: true }, options);
}

function given(key: PlanFlag, value: number | undefined): Readonly<Record<string, number>> {
  return value === undefined ? {} : { [key]: value };
}

/** A flag of the plan beside a spec would be silently ignored. */
function refuseFlags(app: App, options: Options): void {
  for (const [name, flag] of Object.entries(FLAGS)) {
    if (textOption(options, name) === undefined) continue;
    throw new UsageError(
      app.say(
        `${flag} 只用于不带 --spec 的 experiment plan`,
        `${flag} belongs to experiment plan without --spec`,
      ),
    );
  }
}
