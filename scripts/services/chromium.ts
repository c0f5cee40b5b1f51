import { findProgram, type Service, ServiceUnavailable } from './service.js';

/** The system's Chromium. Nothing runs yet: each editor test opens its own, with a profile of its own. */
export function findChromium(): Promise<Service> {
  const named = process.env['GRIDWIRE_CHROMIUM'];
  const program =
    named !== undefined && named !== ''
      ? named
      : ['chromium', 'chromium-browser', 'google-chrome'].map((name) => findProgram(name)).find(Boolean);
  if (program === undefined) {
    const remedy = '"apt-get install chromium", or GRIDWIRE_CHROMIUM=<path to Chrome or Chromium>';
    return Promise.reject(new ServiceUnavailable(`no chromium: ${remedy}`));
  }
  return Promise.resolve({
    description: `chromium at ${program}`,
    env: { GRIDWIRE_CHROMIUM: program },
    stop: () => Promise.resolve(),
  });
}
