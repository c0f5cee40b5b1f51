import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { ownedPromises } from './scripts/lint/owned-promises.mjs';

export default tseslint.config(
  { ignores: ['dist/', 'resources/', 'node_modules/', '.gridwire/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './nodes/editor/browser/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Node-RED hands untyped messages to every handler; the wrappers narrow them at the edge.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unified-signatures': 'off',
      // Some CommonJS packages have types that only `import x = require()` reads right.
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      // A cast by another name, wanted where Node-RED hands out its registry's nodes and the panel its controls.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // Node-RED loads the file of every node when it starts; what is beside it is loaded when it is needed, and at once.
    files: ['nodes/*/*.ts'],
    rules: {
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true, allow: ['^\\.\\.?/'] }],
    },
  },
  {
    // A rejection that nobody owns ends Node-RED, and in the editor nobody is told.
    files: ['src/**/*.ts', 'nodes/**/*.ts'],
    plugins: { owned: ownedPromises },
    rules: {
      'owned/no-void': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // No text of a file, a message or a flow may become markup in the editor: elements get their text by `textContent`.
    files: ['nodes/editor/browser/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...[
          'innerHTML',
          'outerHTML',
          'insertAdjacentHTML',
          'createContextualFragment',
          'html',
          'parseHTML',
        ].map((property) => ({
          property,
          message: 'Build elements, and give them their text by textContent.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.name='$'] > :matches(Literal[value=/</], TemplateLiteral[quasis.0.value.raw=/</])",
          message: 'jQuery makes markup of this; build the element.',
        },
        {
          selector: "CallExpression[callee.object.name='RED'][callee.property.name='notify']",
          message: 'Node-RED takes a string for markup; use notify of notify.ts.',
        },
      ],
    },
  },
  {
    files: ['nodes/editor/browser/notify.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Nodes for a Node-RED of benchmarks and tests, which loads plain CommonJS.
    files: ['bench/nodes/*.js', 'test/support/load-nodes/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        process: 'readonly',
      },
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'readonly',
        console: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
