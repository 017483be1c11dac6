import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** What a folder may import (README, "directions"). Every other folder of ours is refused. */
const folders = [
  'schemas',
  'formats',
  'sql',
  'pipelines',
  'reports',
  'web',
  'cli',
  'samples',
  'bench',
  'test',
];
const allowed = {
  schemas: [],
  formats: [],
  sql: ['schemas'],
  pipelines: ['schemas', 'formats', 'sql'],
  reports: ['schemas', 'formats', 'sql'],
  web: ['schemas', 'sql', 'pipelines', 'reports'],
  samples: ['schemas', 'formats'],
};
const zones = Object.entries(allowed).flatMap(([target, may]) =>
  folders
    .filter((from) => from !== target && !may.includes(from))
    .map((from) => ({
      target: `./${target}`,
      from: `./${from}`,
      message: `${target}/ may not import ${from}/`,
    })),
);
/** Past a module's door (its index.ts) only the module itself and its tests may go. */
const doors = ['schemas', 'formats', 'sql', 'pipelines', 'reports'];
const doorRules = folders
  .filter((folder) => folder !== 'test' && folder !== 'bench')
  .map((folder) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: doors
            .filter((door) => door !== folder)
            .map((door) => ({
              regex: `(^|/)\\.\\./${door}/(?!index\\.js$)`,
              message: `import ${door}/ through its door ${door}/index.js`,
            })),
        },
      ],
    },
  }));

export default tseslint.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'test/fixtures',
      'eslint.config.js',
      'link-bin.mjs',
      'docker/healthcheck.mjs',
      '.cache',
      '.venv',
      '.ci',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver': { typescript: true } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-default-export': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
    },
  },
  ...doorRules,
  { files: ['vitest.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
