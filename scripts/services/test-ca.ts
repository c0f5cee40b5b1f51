import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ServiceUnavailable } from './service.js';

export interface CertificateOptions {
  /** Subject alternative name; default `IP:127.0.0.1`. */
  name?: string;
  /** Days that it is valid; a negative number makes one that has expired. Default 30. */
  days?: number;
}

/** A certificate authority of the tests' own, made by openssl in a temporary folder. */
export class TestCa {
  /** The authority's certificate, PEM. */
  readonly certificate: string;
  #count = 0;

  /** @throws ServiceUnavailable if openssl is not installed */
  constructor(private readonly folder: string) {
    const subject = ['-subj', '/CN=Gridwire test CA', '-days', '30'];
    this.#openssl([
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      ...subject,
    ]);
    this.certificate = this.#read('ca.pem');
  }

  /** A server certificate with its key in one PEM text, as Kafka's PEM key stores and Node's `tls` want it. */
  issue({ name = 'IP:127.0.0.1', days = 30 }: CertificateOptions = {}): { key: string; certificate: string } {
    this.#count += 1;
    const base = `server-${String(this.#count)}`;
    writeFileSync(path.join(this.folder, `${base}.ext`), `subjectAltName=${name}\n`);
    const request = ['-keyout', `${base}.key`, '-out', `${base}.csr`, '-subj', '/CN=gridwire-test'];
    this.#openssl(['req', '-newkey', 'rsa:2048', '-nodes', ...request]);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${base}.ext`];
    this.#openssl([
      'x509',
      '-req',
      '-in',
      `${base}.csr`,
      ...signing,
      '-days',
      String(days),
      '-out',
      `${base}.pem`,
    ]);
    return { key: this.#read(`${base}.key`), certificate: this.#read(`${base}.pem`) };
  }

  #read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  #openssl(args: readonly string[]): void {
    const result = spawnSync('openssl', args, { cwd: this.folder, encoding: 'utf8' });
    if (result.status !== 0) {
      throw new ServiceUnavailable(`openssl failed: ${result.error?.message ?? result.stderr}`);
    }
  }
}
