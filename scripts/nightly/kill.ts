/**
 * node_modules/.bin/tsx scripts/nightly/kill.ts [kills]
 * Kills Node-RED with SIGKILL at random moments under load, by default 250 times with each of QoS 1 and 2 on MQTT 3.1.1
 * and 5: no event may be lost, and none may pass the deduplication twice. Run `npm run build` before.
 */
import type { Context } from 'mocha';
import { startMosquitto } from '../../test/support/mosquitto.js';
import { killRun, MOSQUITTO } from '../../test/system/nothing-lost/kill-run.js';

const kills = Number(process.argv[2] ?? 250);

async function main(): Promise<void> {
  console.log(`mosquitto.conf: ${MOSQUITTO.join('; ')}`);
  const context = { skip: () => process.exit(1) } as unknown as Context;
  for (const version of [4, 5] as const) {
    for (const qos of [1, 2] as const) {
      const mosquitto = await startMosquitto(context, { config: MOSQUITTO });
      const result = await killRun(mosquitto, { version, qos }, kills);
      await mosquitto.stop();
      console.log(JSON.stringify({ version, qos, ...result }));
      if (result.lost + result.lostAfterDeduplication + result.duplicatesAfterDeduplication > 0)
        process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
