import { randomBytes } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import type { Qos } from '../../../event.js';
import type { ReconnectBounds } from '../../reconnect-delay.js';
import { checkNumber, checkText, invalid } from '../../settings-check.js';
import { assertTopic } from '../../topic-filter.js';

/** A fixed message about the client itself: sent by the broker when the client is gone, or by the client on connect. */
export interface StatusMessage {
  topic: string;
  body: string | Uint8Array;
  qos?: Qos;
  retain?: boolean;
}

/** Settings of the MQTT broker. Give `host` (and `port`) or `url`; all others have defaults. */
export interface MqttSettings {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://` and `host:port`; takes the place of host, port and tls. */
  url?: string;
  host?: string;
  /** Default 1883, with TLS 8883. */
  port?: number;
  /** 4 is MQTT 3.1.1 (default), 5 is MQTT 5. */
  protocolVersion?: 4 | 5;
  /** The id of the inbound connection, which owns the session; the outbound one and sessions of subscribers append to it. */
  clientId?: string;
  username?: string;
  password?: string;
  /** True, or options of node:tls as Node-RED's tls-config makes them. */
  tls?: boolean | ConnectionOptions;
  /** Seconds; 0 turns it off. Default 30. */
  keepalive?: number;
  /** False: the broker keeps messages while this client is away. Default: false with a client id, true without. */
  cleanSession?: boolean;
  /** Seconds that an MQTT 5 broker keeps the session; default a week. */
  sessionExpiry?: number;
  /** Sent by the broker when the connection ends in disorder; and on leaving in order, where there is no `close`. */
  will?: StatusMessage;
  birth?: StatusMessage;
  /** Sent on leaving in order. */
  close?: StatusMessage;
  /** MQTT 5: what the broker is told on connecting, by name. */
  userProperties?: Readonly<Record<string, string>>;
  /** Milliseconds; default 1,000 to 60,000. */
  reconnect?: Partial<ReconnectBounds>;
  /** Milliseconds until a silent broker counts as unreachable; default 10,000. */
  connectTimeout?: number;
  /** Unsettled inbound messages, over all subscriptions, before the socket is paused; default 200. */
  receiveWindow?: number;
  /** Longest message that is taken, bytes, all its parts together; default 8 MiB. Longer ones are passed over, and told. */
  maximumPacketSize?: number;
  /** Publishes under way at once; the broker's own limit lowers it. Default 100. */
  publishWindow?: number;
  /** Milliseconds to wait for an acknowledgement; default 30,000. */
  publishTimeout?: number;
  /** Makes no connection for publishing. Default false. */
  inboundOnly?: boolean;
}

export type ResolvedMqttSettings = ReturnType<typeof mqttSettings>;

const DEFAULTS = {
  protocolVersion: 4 as 4 | 5,
  keepalive: 30,
  sessionExpiry: 7 * 24 * 3600,
  connectTimeout: 10_000,
  receiveWindow: 200,
  maximumPacketSize: 8 * 1024 * 1024,
  publishWindow: 100,
  publishTimeout: 30_000,
  inboundOnly: false,
};

/**
 * Fills in the defaults and refuses what cannot work.
 * @throws GridwireError `SETTING_INVALID` naming the field, `TOPIC_ILLEGAL` for will and birth
 */
export function mqttSettings(settings: MqttSettings) {
  const address = mqttAddress(settings);
  const checked = { ...DEFAULTS, ...settings, ...address };
  checkText('host', checked.host);
  checkNumber('port', checked.port, 1, 65_535);
  if (![4, 5].includes(checked.protocolVersion)) {
    throw invalid('protocolVersion', checked.protocolVersion, 'it must be 4 (MQTT 3.1.1) or 5');
  }
  if (settings.clientId !== undefined) checkText('clientId', settings.clientId);
  if (settings.cleanSession === false && settings.clientId === undefined) {
    throw invalid('clientId', undefined, 'a kept session needs a client id of its own');
  }
  if (settings.password !== undefined && settings.username === undefined) {
    throw invalid('username', undefined, 'a password needs a user name');
  }
  checkNumber('keepalive', checked.keepalive, 0, 65_535);
  checkNumber('sessionExpiry', checked.sessionExpiry, 0, 0xffff_ffff);
  checkNumber('connectTimeout', checked.connectTimeout, 1, 3_600_000);
  checkNumber('receiveWindow', checked.receiveWindow, 1, 65_535);
  checkNumber('maximumPacketSize', checked.maximumPacketSize, 1_000, 268_435_460);
  checkNumber('publishWindow', checked.publishWindow, 1, 65_535);
  checkNumber('publishTimeout', checked.publishTimeout, 1, 3_600_000);
  const reconnect = { minimum: 1_000, maximum: 60_000, ...settings.reconnect };
  checkNumber('reconnect.minimum', reconnect.minimum, 1, 3_600_000);
  checkNumber('reconnect.maximum', reconnect.maximum, reconnect.minimum, 3_600_000);
  for (const message of [settings.will, settings.birth, settings.close])
    if (message) assertTopic(message.topic);
  return {
    ...checked,
    reconnect,
    clientId: settings.clientId ?? `gridwire-${randomBytes(6).toString('hex')}`,
    cleanSession: settings.cleanSession ?? settings.clientId === undefined,
  };
}

/** What an MQTT 5 broker is asked for by the client that has the session. */
export function sessionProperties(settings: ResolvedMqttSettings) {
  const { cleanSession, sessionExpiry, receiveWindow, maximumPacketSize, userProperties } = settings;
  return {
    ...{ receiveMaximum: receiveWindow, maximumPacketSize },
    ...(cleanSession ? {} : { sessionExpiryInterval: sessionExpiry }),
    ...(userProperties === undefined ? {} : { userProperties }),
  };
}

interface Address {
  host: string;
  port: number;
  tls: boolean | ConnectionOptions;
  /** Path and query of a WebSocket; absent for plain MQTT. */
  webSocket?: string;
}

/** Ports by the scheme of an address. */
const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** Where the settings lead. @throws GridwireError `SETTING_INVALID` */
export function mqttAddress(
  settings: Pick<MqttSettings, 'url' | 'host' | 'port' | 'tls' | 'username' | 'password'>,
): Address {
  const tls = settings.tls ?? false;
  if (settings.url === undefined) {
    if (settings.host === undefined) throw invalid('host', undefined, 'give a host or a url');
    // It would stand in every message about the broker.
    if (settings.host.includes('@')) {
      throw invalid('host', '(hidden)', 'user name and password have fields of their own');
    }
    return { host: settings.host, port: settings.port ?? defaultPort(tls), tls };
  }
  const url = URL.canParse(settings.url) ? new URL(settings.url) : undefined;
  if (!url || PORTS[url.protocol] === undefined || url.hostname === '') {
    throw invalid(
      'url',
      '(hidden)',
      'it must begin with mqtt://, mqtts://, ws:// or wss://, and name a host',
    );
  }
  const secure = url.protocol === 'mqtts:' || url.protocol === 'wss:';
  const isWebSocket = url.protocol === 'ws:' || url.protocol === 'wss:';
  if (url.username !== '' || url.password !== '') {
    throw invalid('url', '(hidden)', 'user name and password have fields of their own');
  }
  const chosen = secure ? settings.tls || true : false;
  const port = url.port === '' ? (PORTS[url.protocol] ?? 0) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port, tls: chosen, ...(isWebSocket ? { webSocket: url.pathname + url.search } : {}) };
}

function defaultPort(tls: unknown): number {
  return tls === false ? 1883 : 8883;
}
