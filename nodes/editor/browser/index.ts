/** Editor code that the panels share; loaded once, before the nodes, and reached by them as `gridwire`. */
import { alertPanel, alertsAreValid, readAlerts } from './alert-panel.js';
import { addBatteries } from './batteries/batteries.js';
import { addNodeActions } from './add-node.js';
import { batteryScan } from './battery-scan.js';
import { showBrokerCheck } from './broker-check.js';
import { importBrokersFile } from './brokers-file.js';
import * as checks from './checks.js';
import { showContractCheck } from './contract-check.js';
import { contractPanel } from './contract-panel.js';
import { exportAsyncApi } from './asyncapi-export.js';
import { addDevices } from './devices/devices.js';
import { approveHeld, deviceTable, devicesAreValid, readDevices } from './device-table.js';
import { environmentIsValid, environmentPanel, simPanel } from './grid/panel.js';
import { addSidebar } from './grid/sidebar.js';
import { offerMemoryBroker, takeOnly } from './config-choice.js';
import { optionalExpression } from './optional-expression.js';
import { connectionTrial, movePortWithTls } from './connection-trial.js';
import { keepInPanel } from './keep-in.js';
import { logPanel } from './log-panel.js';
import { addLetters } from './letters/sidebar.js';
import {
  knownValues,
  offerFilterParameters,
  offerParameters,
  parameterList,
  readParameters,
} from './parameter-list.js';
import { addLive } from './live/live.js';
import { addMenu } from './menu.js';
import { addOverview } from './overview/overview.js';
import { pullPanel } from './pull-panel.js';
import { checkShapes } from './field-shapes.js';
import { showState } from './node-state.js';
import { partitionPanel } from './partition-panel.js';
import { rowTable, rowsOf } from './row-table.js';
import { watchSections } from './sections.js';
import { settlementPanel } from './settlement-panel.js';
import { offerInject } from './try-it.js';
import { showTestBox } from './test-box.js';
import { showTypePreview } from './type-preview.js';
import { readSwitches, showSwitches } from './switch-list.js';

const gridwire = {
  checks,
  contractPanel,
  settlementPanel,
  watchSections,
  showState,
  pullPanel,
  logPanel,
  partitionPanel,
  showTypePreview,
  showTestBox,
  parameters: {
    show: parameterList,
    read: readParameters,
    known: knownValues,
    offer: offerParameters,
    offerForFilter: offerFilterParameters,
  },
  offerInject,
  table: { show: rowTable, read: rowsOf },
  alerts: { show: alertPanel, read: readAlerts, areValid: alertsAreValid },
  batteryScan,
  showBrokerCheck,
  connectionTrial,
  movePortWithTls,
  showContractCheck,
  keepInPanel,
  takeOnly,
  offerMemoryBroker,
  optionalExpression,
  grid: { simPanel, environmentPanel, environmentIsValid, addSidebar },
  addLetters,
  devices: { show: deviceTable, read: readDevices, areValid: devicesAreValid, approveHeld },
  importBrokersFile,
  exportAsyncApi,
  switches: { show: showSwitches, read: readSwitches },
};

declare global {
  interface Window {
    gridwire: typeof gridwire;
  }
}

window.gridwire = gridwire;
RED.events.on('registry:node-type-added', (type) => {
  const isOurs = typeof type === 'string' && type.startsWith('gridwire-');
  if (isOurs) checkShapes(RED.nodes.getType(type)?.defaults ?? {});
});
addNodeActions();
addMenu((translate) => {
  addOverview(translate);
  addLive(translate);
  addDevices(translate);
  addBatteries(translate);
});
