import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { cachedFolder } from '../../scripts/services/cache.js';
import { ServiceUnavailable } from '../../scripts/services/index.js';

const ROOT = path.resolve(__dirname, '../..');

/**
 * The package as it was at a commit of this repository, installed and built in the user's cache on first use.
 * @returns its folder
 * @throws ServiceUnavailable if the commit is not in this clone, or does not build
 */
export function packageAt(commit: string): string {
  const resolved = spawnSync('git', ['rev-parse', '--verify', `${commit}^{commit}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (resolved.status !== 0)
    throw new ServiceUnavailable(`The commit ${commit} is not in this clone; fetch the whole history.`);
  const hash = resolved.stdout.trim();
  return cachedFolder(`package-${hash}`, (folder) => {
    const archive = execFileSync('git', ['archive', hash], { cwd: ROOT, maxBuffer: 1 << 30 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    for (const step of [
      ['ci', '--prefer-offline', '--no-audit', '--no-fund'],
      ['run', 'build'],
    ])
      if (spawnSync('npm', step, { cwd: folder, stdio: 'inherit' }).status !== 0)
        throw new ServiceUnavailable(`npm ${step.join(' ')} failed at ${commit}; its messages are above.`);
  });
}
