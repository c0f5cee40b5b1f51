'use strict';
// Loaded before Node-RED: its disks are as full as the file named by DISK_AS_TOLD says, 0 to 1.
const { readFileSync } = require('node:fs');
const promises = require('node:fs/promises');

promises.statfs = async () => {
  const used = Number(readFileSync(process.env.DISK_AS_TOLD, 'utf8'));
  return { blocks: 1000, bavail: Math.round(1000 * (1 - used)) };
};
