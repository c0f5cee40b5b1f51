// Made by "npm run docs" from the payload schemas; changes here are lost.

/** Actions. What the agents shall do in this step. */
export type Actions = { [member: string]: unknown };

/** State updates. What a device does: active and reactive power, state of charge. */
export type StateUpdates = {
  agent_id: string;
  device_type?: string;
  /** Unit: MW. */
  P_MW: number;
  /** Unit: MVAr. */
  Q_MVAr: number;
  /** State of charge. */
  SOC?: number;
  in_service?: boolean;
  [member: string]: unknown;
};

/** Network state. Voltages and line loadings after the power flow. */
export type NetworkState = {
  /** Voltage of each bus, per unit. Unit: 1. */
  voltages: (number | null)[];
  /** Loading of each line. Unit: %. */
  line_loading: (number | null)[];
  converged: boolean;
  [member: string]: unknown;
};

/** Device actions. Setpoints from a grid agent for its devices. */
export type DeviceActions = { [member: string]: unknown };

/** Peer-to-peer trades. Confirmations of trades between agents. */
export type P2pTrades = {
  [member: string]: {
    trades: {
      counterparty: string;
      /** Unit: MW. */
      quantity: number;
      /** Unit: $/MWh. */
      price: number;
      [member: string]: unknown;
    }[];
    [member: string]: unknown;
  };
};

/** The payload of each event type of powergrid. */

export interface PowergridPayloads {
  actions: Actions;
  'state-updates': StateUpdates;
  'network-state': NetworkState;
  'device-actions': DeviceActions;
  'p2p-trades': P2pTrades;
}
