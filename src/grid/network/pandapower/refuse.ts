import { GridwireError } from '../../../errors.js';

/**
 * @param problem what is wrong, with table, row and column where they are known, and what would be right
 */
export function refuse(problem: string, cause?: unknown): GridwireError {
  return new GridwireError('NETWORK_INVALID', `The pandapower network is not usable: ${problem}.`, {
    cause,
    details: { element: 'document', problem },
  });
}
