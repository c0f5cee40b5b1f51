import { systemClock } from '../../../clock.js';
import { GridwireError, toGridwireError } from '../../../errors.js';

export interface OauthSettings {
  /** The authorisation server's token endpoint. */
  url: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
}

/** Part of a token's life after which a new one is asked for. */
const RENEW_AFTER = 0.8;
const TIMEOUT = 10_000;

/**
 * Bearer tokens by the client-credentials grant (RFC 6749, 4.4), kept while they are good.
 * @returns a function for `KafkaSasl`; it rejects with `BROKER_UNAUTHORISED` or `BROKER_UNREACHABLE`
 */
export function clientCredentials(settings: OauthSettings): () => Promise<string> {
  let token = '';
  let renewAt = 0;
  return async () => {
    if (systemClock.now() < renewAt) return token;
    const answer = await askFor(settings);
    token = answer.token;
    renewAt = systemClock.now() + answer.seconds * 1000 * RENEW_AFTER;
    return token;
  };
}

async function askFor({ url, clientId, clientSecret, scope }: OauthSettings) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) });
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { authorization: `Basic ${basic.toString('base64')}` },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw refused(url, `it answers ${response.status}`);
    const answer = (await response.json()) as { access_token?: unknown; expires_in?: unknown };
    if (typeof answer.access_token !== 'string') throw refused(url, 'its answer holds no access_token');
    return { token: answer.access_token, seconds: Number(answer.expires_in ?? 0) || 0 };
  } catch (thrown) {
    throw toGridwireError(thrown, 'BROKER_UNREACHABLE');
  }
}

function refused(url: string, reason: string): GridwireError {
  const text = `The authorisation server ${new URL(url).origin} gives no token: ${reason}. Check client id, secret and scope.`;
  return new GridwireError('BROKER_UNAUTHORISED', text);
}
