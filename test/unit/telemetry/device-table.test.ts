import assert from 'node:assert/strict';
import type { GridwireError } from '../../../src/errors.js';
import { checkDevices, parseDeviceFile } from '../../../src/telemetry/device-table.js';

describe('device table', () => {
  it('gives nobody the id of a device that is known already, but for that device itself', () => {
    const known = [{ serialNumber: 'A', id: 1, type: 'METER' }];
    const again = { serialNumber: 'A', id: 1, type: 'INVERTER' };
    assert.deepEqual(checkDevices([again], known), { devices: [again], faults: [] });
    assert.deepEqual(checkDevices([{ serialNumber: 'B', id: 1, type: 'METER' }], known), {
      devices: [],
      faults: [{ row: 1, field: 'id', message: 'The device id 1 belongs to A already.' }],
    });
  });

  it('reads CSV with the usual column names, quotes and semicolons', () => {
    const rows = parseDeviceFile(
      'serial_number;device_id;device_type;site_id;name\nINV-001;123;SOLAR_INVERTER;1;"Roof; east"\n',
    );
    assert.deepEqual(checkDevices(rows), {
      devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1, name: 'Roof; east' }],
      faults: [],
    });
  });

  const table = [
    ['serialNumber', 'id', 'type', 'site', 'name'],
    ['INV-001', '123', 'SOLAR_INVERTER', '1', 'Roof; east, "upper"'],
    ['BMS-002', '124', 'BMS', '', 'two\nlines'],
  ];
  const expected = [
    { serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1, name: 'Roof; east, "upper"' },
    { serialNumber: 'BMS-002', id: 124, type: 'BMS', name: 'two\nlines' },
  ];
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  for (const end of ['\n', '\r\n', '\r']) {
    for (const separator of [',', ';', '\t']) {
      for (const mark of ['', '\uFEFF']) {
        const name = `lines ending in ${JSON.stringify(end)}, cells in ${JSON.stringify(separator)}, ${mark === '' ? 'no' : 'a'} mark`;
        it(`reads CSV the same: ${name}`, () => {
          const lines = table.map((row) => row.map(quoted).join(separator));
          for (const text of [
            lines.join(end),
            `${lines.join(end)}${end}`,
            `${end}${lines.join(end + end)}${end}`,
          ])
            assert.deepEqual(checkDevices(parseDeviceFile(mark + text)), { devices: expected, faults: [] });
          const plain = `Serial Number${separator}ID ${separator} type${end}A${separator} 1 ${separator}METER${end}`;
          assert.deepEqual(checkDevices(parseDeviceFile(mark + plain)).devices, [
            { serialNumber: 'A', id: 1, type: 'METER' },
          ]);
        });
      }
    }
  }

  it('reads lines that end in several ways, short rows, and rows with empty cells at their end', () => {
    const text = 'serialNumber;id;type;site\r\nA;1;METER\nB;2;METER;7;;\r;;;\rC;3;METER;\r\n\r\n';
    assert.deepEqual(
      checkDevices(parseDeviceFile(text)).devices.map(({ serialNumber, site }) => [serialNumber, site]),
      [
        ['A', undefined],
        ['B', 7],
        ['C', undefined],
      ],
    );
  });

  it('keeps each cell in its column where the first column has no name, as data tools write their index', () => {
    for (const separator of ['\t', ';', ',']) {
      const rows = [
        ['', 'id', 'type', 'serialNumber', 'name'],
        ['0', '12', 'INVERTER', '7', ''],
      ];
      const text = ` \r\n\t\n${rows.map((cells) => cells.join(separator)).join('\n')}\n`;
      const { devices, faults } = checkDevices(parseDeviceFile(text));
      assert.deepEqual([devices, faults], [[{ serialNumber: '7', id: 12, type: 'INVERTER' }], []], separator);
    }
  });

  it('reads the separator in the line that Excel wants before the header', () => {
    for (const separator of [';', ',', '\t', '|'])
      for (const start of [`sep=${separator}\r\n`, `\uFEFFSEP=${separator}\n`, `\nsep=${separator}\r`]) {
        const rows = ['serialNumber,id,type', '"A,B;C|D",7,METER'].map((row) =>
          row.replaceAll(/,(?![A-Z]*;)/g, separator),
        );
        assert.deepEqual(checkDevices(parseDeviceFile(start + rows.join('\n'))), {
          devices: [{ serialNumber: 'A,B;C|D', id: 7, type: 'METER' }],
          faults: [],
        });
      }
    assert.throws(() => parseDeviceFile('sep=;\nserialNumber;id;type\nA;1;"X'), /line 3/);
  });

  it('reads rows of fewer cells than the header line has, at no more cost than others', () => {
    const rows = parseDeviceFile(`serialNumber,id,type,name\n${'A,1,METER\n'.repeat(50_000)}`);
    assert.equal(rows.length, 50_000);
    assert.deepEqual(rows[0], { serialNumber: 'A', id: '1', type: 'METER', name: '' });
  });

  it('reads quotes with blanks around them, and doubled ones', () => {
    const text =
      'serialNumber , id,type,name\n "A" ,"1", METER ," ""a"",\r\nb "\n"""""",2,METER,""\n,,,\n"","" ,,\n';
    assert.deepEqual(parseDeviceFile(text), [
      { serialNumber: 'A', id: '1', type: 'METER', name: '"a",\r\nb' },
      { serialNumber: '""', id: '2', type: 'METER', name: '' },
    ]);
  });

  it('says of a JSON object that a list is wanted, and nothing of quotes', () => {
    for (const text of ['{"devices":[]}', '{"serialNumber":"A"}\n{"serialNumber":"B"}'])
      assert.throws(() => parseDeviceFile(text), /Give a list of devices/);
  });

  it('says where a quote does not fit', () => {
    for (const [text, where] of [
      ['serialNumber,id,type\r\nA,1,"METER\n\n', /never closed \(line 2\)/],
      ['serialNumber,id,type\nA,1,METER\nA,1,ME"TER', /within a cell \(line 3\)/],
      ['serialNumber,id,type\nA,1,"METER"x', /behind a closing quote \(line 2\)/],
      ['"serialNumber,id', /never closed \(line 1\)/],
      [`serialNumber,id\nA,${'1'.repeat(100_001)}`, /more than 100000 characters \(line 2\)/],
    ] as const)
      assert.throws(() => parseDeviceFile(text), { code: 'REGISTRY_INVALID', message: where });
  });

  it('says which value of a JSON row it would have to leave out', () => {
    const fields = (row: object): string[] => checkDevices([row]).faults.map(({ field }) => field);
    const good = { serialNumber: 'A', id: 1, type: 'METER' };
    assert.deepEqual(fields({ ...good, name: ['Roof'] }), ['name']);
    assert.deepEqual(fields({ ...good, name: true }), ['name']);
    assert.deepEqual(fields({ ...good, site: { id: 1 } }), ['site']);
    assert.deepEqual(fields({ ...good, serialNumber: true }), ['serialNumber']);
    assert.deepEqual(fields({ ...good, device_id: 2 }), ['id']);
    assert.deepEqual(fields({ ...good, name: null, site: undefined }), []);
  });

  it('reads JSON', () => {
    const rows = parseDeviceFile('[{"serialNumber":"A","id":1,"type":"METER"}]');
    assert.deepEqual(checkDevices(rows).devices, [{ serialNumber: 'A', id: 1, type: 'METER' }]);
  });

  it('says which row and field is wrong', () => {
    const { devices, faults } = checkDevices([
      { serialNumber: 'A', id: 1, type: 'METER' },
      { serialNumber: 'A', id: 2, type: 'METER' },
      { serialNumber: 'B', id: 1, type: 'METER' },
      { serialNumber: 'C/D', id: 3, type: 'METER' },
      { serialNumber: 'E', id: 'x', type: '' },
    ]);
    assert.equal(devices.length, 1);
    assert.deepEqual(
      faults.map(({ row, field }) => [row, field]),
      [
        [2, 'serialNumber'],
        [3, 'id'],
        [4, 'serialNumber'],
        [5, 'id'],
        [5, 'type'],
      ],
    );
  });

  it('refuses a file that is neither', () => {
    assert.throws(() => parseDeviceFile('hello'), { code: 'REGISTRY_INVALID' });
    assert.throws(() => parseDeviceFile('[1,'), { code: 'REGISTRY_INVALID' });
  });
});

describe('device files: nothing is changed or left out in silence', () => {
  const codeOf = (text: string): string => {
    try {
      return `no error: ${JSON.stringify(parseDeviceFile(text))}`;
    } catch (error) {
      return (error as GridwireError).code;
    }
  };
  for (const text of [
    '[{ "serialNumber": 9007199254740993, "id": 1, "type": "T" }]',
    '[{ "serialNumber": "A", "serialNumber": "B", "id": 1, "type": "T" }]',
    'serialNumber,id,type\nA,1,T,north',
    'serialNumber,id,device_id,type\nA,1,2,T',
    'serialNumber,serial,id\nA,B,1',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(codeOf(text), 'REGISTRY_INVALID'));
  }

  it('takes empty cells at the end of a row, as spreadsheets write them', () => {
    assert.deepEqual(parseDeviceFile('serialNumber,id\nA,1,,'), [{ serialNumber: 'A', id: '1' }]);
  });

  it('takes an id of digits only, and no serial number that no topic can have', () => {
    const row = (id: string, serialNumber = 'A') =>
      checkDevices([{ serialNumber, id, type: 'T', constructor: 'x' }]).faults.map(({ field }) => field);
    for (const id of ['1e3', '0x10', '1.0', '１']) assert.deepEqual(row(id), ['id']);
    assert.deepEqual(row('007'), []);
    for (const serial of ['A\u0000B', 'A\nB', '\ud800']) assert.deepEqual(row('1', serial), ['serialNumber']);
  });
});
