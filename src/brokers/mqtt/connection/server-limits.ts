/** What the broker said of itself in CONNACK. */
export interface ServerLimits {
  receiveMaximum?: number;
  maximumPacketSize?: number;
  maximumQoS?: number;
  retainAvailable?: boolean;
  /** Seconds. */
  sessionExpiryInterval?: number;
}
