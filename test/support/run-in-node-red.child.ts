/** The other side of `runInNodeRed`: loads the program, runs it, answers, ends. */
import path from 'node:path';

process.once('message', (message) => {
  void answer((message as { argument: unknown }).argument).then((reply) => {
    process.send?.(reply, () => process.exit());
  });
});

async function answer(argument: unknown): Promise<unknown> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the program is named by its caller
    const program = require(path.resolve(String(process.argv[2]))) as {
      default: (argument: unknown) => Promise<unknown>;
    };
    return { result: await program.default(argument) };
  } catch (thrown) {
    return { failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
}
