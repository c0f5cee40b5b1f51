import os from 'node:os';
import path from 'node:path';
import { chain, node, probe, type Scenario } from './scenario.js';

const request = (settings: Record<string, unknown> = {}) =>
  node('http request', {
    method: 'GET',
    ret: 'txt',
    paytoqs: 'ignore',
    persist: false,
    authType: '',
    senderr: false,
    headers: [],
    ...settings,
  });
/** The program puts its own test server's address in. */
const url = (where: string) => ({ url: `{{{base}}}/${where}` });
const exec = (command: string, settings: Record<string, unknown> = {}) => {
  const each = node('exec', {
    command,
    addpay: '',
    append: '',
    useSpawn: 'false',
    timer: '',
    winHide: false,
    ...settings,
  });
  each.wires = [[], [], []];
  return each;
};
const file = (filename: string) =>
  node('file', {
    filename,
    filenameType: 'str',
    appendNewline: true,
    createDir: false,
    overwriteFile: 'false',
    encoding: 'none',
  });
const fileIn = (filename: string) =>
  node('file in', { filename, filenameType: 'str', format: 'utf8', chunk: false, encoding: 'none' });
const folder = path.join(os.tmpdir(), `gridwire-completion-${String(process.pid)}.txt`);
const texts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ payload: `line ${String(index)}` }));

export const outside: Scenario[] = [
  { name: 'an answer', row: 'http request', nodes: chain(request(url('ok')), probe()), expect: 'completed' },
  {
    name: 'status 500 is an answer',
    row: 'http request',
    nodes: chain(request(url('broken')), probe()),
    expect: 'completed',
  },
  {
    name: 'the connection breaks',
    row: 'http request',
    nodes: chain(request(url('cut')), probe()),
    expect: 'failed',
  },
  { name: 'exec', row: 'exec', nodes: chain(exec('true'), probe()), expect: 'completed' },
  {
    name: 'exec as spawn',
    row: 'exec',
    nodes: chain(exec('true', { useSpawn: 'true' })),
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'an exit code is no error to Node-RED',
    row: 'exec',
    nodes: chain(exec('false'), probe()),
    expect: 'completed',
  },
  {
    name: 'appends',
    row: 'file',
    nodes: chain(file(folder), probe()),
    send: texts(5),
    expect: 'completed',
    reached: 5,
    before: 1,
  },
  {
    name: 'cannot write',
    row: 'file',
    nodes: chain(file('/no-such-folder/for-gridwire/file.txt'), probe()),
    send: texts(1),
    expect: 'failed',
  },
  { name: 'reads', row: 'file in', nodes: chain(fileIn(__filename), probe()), expect: 'completed' },
  {
    name: 'cannot read',
    row: 'file in',
    nodes: chain(fileIn('/no-such-file-for-gridwire'), probe()),
    expect: 'failed',
  },
];
