// Writes what the package says about what is in it: sbom.cdx.json (CycloneDX) and THIRD-PARTY.md (licences), of what users
// get: the dependencies, and the packages that the build has put into files of its own. Both come from the lock file,
// without asking a registry, and are made when the package is packed. (`npm sbom --omit dev` leaves out what the
// developers' tools need as well, and without it refuses the tree of these.)
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED } from './bundled.mjs';

const root = path.resolve(import.meta.dirname, '..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const PLACE = 'node_modules/';

const own = JSON.parse(read('package.json'));
const locked = JSON.parse(read('package-lock.json')).packages;

/** Where Node finds a package that is asked for from a place. */
function placeOf(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf(PLACE) - 1))) {
    const place = `${folder === '' ? '' : `${folder}/`}${PLACE}${name}`;
    if (locked[place] !== undefined) return place;
    if (folder === '') return undefined;
  }
}

/** What a package asks for by itself; peers are somebody else's. */
function asked({ dependencies = {}, optionalDependencies = {} }) {
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
}

const references = new Map();
const pending = [...asked(own), ...BUNDLED].map((name) => placeOf(name, ''));
for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
  if (references.has(place)) continue;
  const needs = asked(locked[place]).flatMap((name) => placeOf(name, place) ?? []);
  references.set(place, needs);
  pending.push(...needs);
}

const nameOf = (place) => place.slice(place.lastIndexOf(PLACE) + PLACE.length);
const purlOf = (place) => `pkg:npm/${nameOf(place).replace('@', '%40')}@${locked[place].version}`;
const places = [...references.keys()].sort((one, other) => (purlOf(one) < purlOf(other) ? -1 : 1));
const isBundled = (place) => BUNDLED.includes(nameOf(place));

const components = places.map((place) => {
  const { version, license, integrity, optional } = locked[place];
  if (license === undefined) throw new Error(`${place} names no licence.`);
  return {
    ...{ 'bom-ref': purlOf(place), type: 'library', name: nameOf(place), version },
    ...{ scope: optional === true ? 'optional' : 'required', purl: purlOf(place) },
    hashes: [
      { alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') },
    ],
    licenses: [/ OR | AND |[()]/.test(license) ? { expression: license } : { license: { id: license } }],
  };
});
const ownReference = `pkg:npm/${own.name.replace('@', '%40')}@${own.version}`;
const sbom = {
  ...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 },
  metadata: {
    component: {
      ...{
        'bom-ref': ownReference,
        type: 'library',
        name: own.name,
        version: own.version,
        purl: ownReference,
      },
      licenses: [{ license: { id: own.license } }],
    },
  },
  components,
  dependencies: [
    { ref: ownReference, dependsOn: [...asked(own), ...BUNDLED].map((name) => purlOf(placeOf(name, ''))) },
    ...places.map((place) => ({ ref: purlOf(place), dependsOn: references.get(place).map(purlOf) })),
  ],
};
writeFileSync(path.join(root, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);

const rows = places.map((place) => {
  const { version, license } = locked[place];
  return `| ${nameOf(place)} | ${version} | ${license} | ${isBundled(place) ? 'bundled' : 'installed beside'} |`;
});
/** What is inside files of ours has to be handed on with its licence. */
const licences = places
  .filter(isBundled)
  .map((place) => `\n## ${nameOf(place)}\n\n\`\`\`text\n${read(`${place}/LICENSE`).trim()}\n\`\`\`\n`);
writeFileSync(
  path.join(root, 'THIRD-PARTY.md'),
  `# Packages of others in Gridwire ${own.version}\n\n| package | version | licence | how |\n| --- | --- | --- | --- |\n` +
    `${rows.join('\n')}\n${licences.join('')}`,
);
