/** Takes the pictures of docs/images: flows of the examples at work in the editor of Node-RED 5, light and dark. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { NodeRedProcess } from '../test/support/node-red-process.js';
import { takePicture, THEMES } from './picturing/camera.js';
import { type Scene, SCENES } from './picturing/scenes.js';
import { findChromium } from './services/chromium.js';
import { freePort } from './services/service.js';
import { findOrEmbedBroker } from './starting/broker.js';
import { build, isBuilt } from './starting/build.js';

const root = path.resolve(__dirname, '..');
const folder = path.join(root, 'docs/images');

async function main(): Promise<void> {
  if (!isBuilt(root) && !build(root)) throw new Error('The build failed; its messages are above.');
  const executablePath = (await findChromium()).env['GRIDWIRE_CHROMIUM']!;
  const wanted = process.argv.slice(2);
  mkdirSync(folder, { recursive: true });
  for (const scene of SCENES.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    await takeScene(executablePath, scene);
}

/** Each picture of a Node-RED and a broker of its own, so that both themes show the same. */
async function takeScene(executablePath: string, scene: Scene): Promise<void> {
  for (const theme of THEMES) {
    const broker = await findOrEmbedBroker(await freePort());
    const nodeRed = await NodeRedProcess.start({
      version: '5',
      flows: path.join(root, `examples/${scene.example}.json`),
      env: { GRIDWIRE_MQTT_PORT: String(broker.port) },
    });
    const target = path.join(folder, `${scene.name}-${theme}.webp`);
    try {
      await takePicture(executablePath, nodeRed.url, scene, theme, target);
      console.log(`wrote ${path.relative(root, target)}`);
    } finally {
      await nodeRed.stop();
      await broker.stop();
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
