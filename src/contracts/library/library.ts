import type { GridwireEvent, InboundMessage, Json, WireMessage } from '../../event.js';
import { builtInContract } from './built-in.js';
import { Contract, type ContractOptions, type EventInput } from '../contract.js';
import type {
  BatteryHawkPayloads,
  CelineDtPayloads,
  EcogridEmsPayloads,
  PowergridPayloads,
  TaylordashPayloads,
} from '../generated/index.js';

/** An event whose `type` tells the type of its `payload`. */
export type TypedEvent<Payloads> = {
  [Type in keyof Payloads & string]: Omit<GridwireEvent, 'type' | 'payload'> & {
    type: Type;
    payload: Payloads[Type];
  };
}[keyof Payloads & string];

/** A message to be read: its topic and its body, as bytes, as text or already parsed. */
export interface ReceivedMessage {
  topic: string;
  body: Uint8Array | string | { [member: string]: Json };
  headers?: WireMessage['headers'];
}

/**
 * A built-in contract for function nodes, tests and programs of one's own: the same rules as in the nodes, with the
 * payloads typed. Opened on first use.
 */
export class TypedContract<Payloads> {
  private opened: Contract | undefined;

  constructor(
    private readonly name: string,
    private readonly options: ContractOptions = {},
  ) {}

  /** The same contract with other options: a dialect, a prefix, limits. */
  with(options: ContractOptions): TypedContract<Payloads> {
    return new TypedContract(this.name, { ...this.options, ...options });
  }

  /** The untyped contract below. */
  get contract(): Contract {
    this.opened ??= new Contract(builtInContract(this.name), this.options);
    return this.opened;
  }

  /** @throws GridwireError what `Contract.build` throws */
  build<Type extends keyof Payloads & string>(
    type: Type,
    payload: Payloads[Type],
    details: Omit<EventInput, 'payload'> = {},
  ): GridwireEvent {
    return this.contract.build(type, { ...details, payload });
  }

  /** @throws GridwireError `BODY_TOO_LARGE` */
  serialise(event: GridwireEvent): WireMessage {
    return this.contract.serialise(event);
  }

  /** @throws GridwireError what `Contract.parse` throws */
  parse({ topic, body, headers = {} }: ReceivedMessage): TypedEvent<Payloads> {
    const message: InboundMessage = {
      topic,
      body:
        body instanceof Uint8Array
          ? body
          : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      headers,
      qos: 0,
      retain: false,
      receivedAt: Date.now(),
      redelivered: false,
    };
    // The payload has been checked against the schema that its type was made of.
    return this.contract.parse(message) as unknown as TypedEvent<Payloads>;
  }
}

/** The five systems. */
export const contracts = {
  celineDt: new TypedContract<CelineDtPayloads>('celine-dt'),
  ecogridEms: new TypedContract<EcogridEmsPayloads>('ecogrid-ems'),
  taylordash: new TypedContract<TaylordashPayloads>('taylordash'),
  powergrid: new TypedContract<PowergridPayloads>('powergrid'),
  batteryHawk: new TypedContract<BatteryHawkPayloads>('battery-hawk'),
} as const;
