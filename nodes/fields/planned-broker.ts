/** A broker config node as the editor is to make it. */
export interface PlannedBroker {
  name: string;
  enabled: boolean;
  isDefault: boolean;
  /** Settings of the file that are variables and cannot be one in the node; the panel names them. */
  decided: string[];
  /** Settings by the fields of the panel; the others keep their defaults. */
  settings: Record<string, string | boolean>;
  credentials: { username: string; password: string };
  /** Files for a TLS config node; undefined where it needs none. */
  tls?: { ca: string; cert: string; key: string };
}
