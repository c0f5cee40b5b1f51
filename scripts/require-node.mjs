// Imported first by every script: says what to do when the Node that runs is too old for the package.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 9)) {
  console.error(
    `Gridwire needs Node 22.9 or newer, and this is ${process.version} (${process.execPath}).\n` +
      'The clone brings its own: run the script through npm ("npm test", "npm start"), which puts\n' +
      'node_modules/.bin first on the path. If that does not help, the pinned Node was not installed\n' +
      '(its install script was blocked, perhaps by --ignore-scripts): run "npm rebuild node" or install Node 24.',
  );
  process.exit(1);
}
