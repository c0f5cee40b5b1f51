import { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, TLSSocket } from 'node:tls';

/** When a certificate that a broker's connections rest on ends. */
export interface Certificate {
  /** The broker's, as of the last connection; or the one by which this side says who it is. */
  whose: 'broker' | 'own';
  /** Milliseconds since the epoch. */
  endsAt: number;
}

/** Remembers when the certificates of a broker's connections end. */
export class Certificates {
  private readonly own: number | undefined;
  private readonly servers = new Map<string, number>();

  /** @param tls as the broker's settings have it */
  constructor(tls: boolean | ConnectionOptions | undefined) {
    this.own = typeof tls === 'object' ? endOfOwn(tls) : undefined;
  }

  /** A connection stands. @param server of a few that there are; its certificate may be another than last time */
  seen(server: string, socket: unknown): void {
    if (!(socket instanceof TLSSocket)) return;
    const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
    if (Number.isNaN(endsAt)) this.servers.delete(server);
    else this.servers.set(server, endsAt);
  }

  /** Of several servers the one that ends first. */
  get all(): Certificate[] {
    const broker = this.servers.size === 0 ? [] : [Math.min(...this.servers.values())];
    const own = this.own === undefined ? [] : [this.own];
    return [
      ...broker.map((endsAt) => ({ whose: 'broker' as const, endsAt })),
      ...own.map((endsAt) => ({ whose: 'own' as const, endsAt })),
    ];
  }
}

/** Of a chain it is the first. One that cannot be read is refused, with its reason, when a connection is made. */
function endOfOwn({ cert }: ConnectionOptions): number | undefined {
  const [first] = Array.isArray(cert) ? cert : [cert];
  if (typeof first !== 'string' && !Buffer.isBuffer(first)) return undefined;
  try {
    return Date.parse(new X509Certificate(first).validTo);
  } catch {
    return undefined;
  }
}
