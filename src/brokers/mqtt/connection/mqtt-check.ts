import { finding, type Finding } from '../../broker-check.js';
import type { DropWatch } from './drop-watch.js';
import type { ResolvedMqttSettings } from './mqtt-settings.js';
import type { ServerLimits } from './server-limits.js';

/** Fewer messages under way than this hold a flow up that collects some before it settles any. */
const SMALL_WINDOW = 20;

/**
 * What an MQTT broker promises, as far as it says so when one connects and below `$SYS`.
 * @param limits what it said in CONNACK; undefined while there is no connection
 */
export function checkMqtt(
  settings: ResolvedMqttSettings,
  limits: ServerLimits | undefined,
  watch: Pick<DropWatch, 'values' | 'dropped' | 'isTold'>,
): Finding[] {
  if (limits === undefined) return [finding('connection', 'unknown')];
  const { version, stored, sessions } = watch.values;
  return [
    finding('connection', 'good', { address: `${settings.host}:${settings.port}`, version: version ?? '?' }),
    settings.protocolVersion === 5 ? finding('protocol', 'good') : finding('protocol', 'risk'),
    session(settings, limits),
    ...(settings.protocolVersion === 5 ? announced(limits) : []),
    drops(watch),
    finding('queue', 'unknown'),
    ...(stored === undefined ? [] : [finding('stored', 'good', { stored })]),
    ...(sessions === undefined
      ? []
      : [finding('away', Number(sessions) > 0 ? 'unknown' : 'good', { sessions })]),
    finding('persistence', 'unknown'),
  ];
}

function drops({
  values: { dropped },
  dropped: count,
  isTold,
}: Pick<DropWatch, 'values' | 'dropped' | 'isTold'>) {
  if (dropped !== undefined) {
    return finding('drops', Number(dropped) > 0 ? 'risk' : 'good', { total: dropped, count });
  }
  // Mosquitto says a number when it changes, and for a minute after.
  return isTold ? finding('drops-lately', 'good') : finding('drops', 'unknown');
}

function session(
  { cleanSession, protocolVersion, sessionExpiry }: ResolvedMqttSettings,
  limits: ServerLimits,
) {
  if (cleanSession) return finding('session', 'risk');
  if (protocolVersion === 4) return finding('session', 'unknown');
  // What the broker does not name it has granted as asked (MQTT 5, 3.2.2.3.2).
  const hours = Math.round(((limits.sessionExpiryInterval ?? sessionExpiry) / 3600) * 10) / 10;
  return finding('session', 'good', { hours });
}

function announced({
  receiveMaximum = 65_535,
  maximumPacketSize,
  retainAvailable = true,
}: ServerLimits): Finding[] {
  return [
    finding('window', receiveMaximum < SMALL_WINDOW ? 'risk' : 'good', { receiveMaximum }),
    maximumPacketSize === undefined
      ? finding('packet-size', 'unknown')
      : finding('packet-size', 'good', { bytes: maximumPacketSize }),
    finding('retain', retainAvailable ? 'good' : 'risk'),
  ];
}
