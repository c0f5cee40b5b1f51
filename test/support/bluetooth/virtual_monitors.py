"""Virtual battery monitors behind a virtual Bluetooth controller on a pseudo-terminal, by Google's Bumble.

Three peripherals (BM2, BM6, BM7), each with a host and a controller of its own, share a radio with one controller
whose HCI is offered on a pseudo-terminal: the stack under test talks to it as to hardware. The protocol is written
down here a second time, in another language and with another AES, so that one mistake cannot hide in both ends.

Arguments: the number of stored history records.
Prints one JSON line {"port": path} when ready; then takes commands, one per line: "drop ADDRESS" ends a link as a
device out of range would, "unplug" takes the controller away. Ends with its standard input.
"""

import asyncio
import json
import os
import pty
import struct
import sys
import tty

from bumble.controller import Controller
from bumble.core import AdvertisingData, UUID
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import StreamPacketSink, StreamPacketSource
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEYS = {
    "BM2": bytes.fromhex("6c656167656e64fffe31383832343636"),
    "BM6": bytes.fromhex("6c656167656e64fffe30313030303039"),
    "BM7": bytes.fromhex("6c656167656e64fffe30313030303040"),
}
MONITORS = (
    ("BM2", "ZX-1689", "C0:47:57:00:00:02", 1288, 100, None),
    ("BM6", "BM6", "C0:47:57:00:00:06", 1366, 100, 0),
    ("BM7", "BM300 Pro", "C0:47:57:00:00:07", 1280, 50, -23),
)


def pad(data, block=16):
    return data + bytes(-len(data) % block)


def crypt(family, data, decrypt=False):
    cipher = Cipher(algorithms.AES(KEYS[family]), modes.ECB())
    context = cipher.decryptor() if decrypt else cipher.encryptor()
    return context.update(pad(data)) + context.finalize()


class Monitor:
    def __init__(self, link, family, name, address, centivolts, charge, celsius, records):
        self.family = family
        self.centivolts = centivolts
        self.charge = charge
        self.celsius = celsius
        self.records = records
        self.connection = None
        self.streaming = None
        controller = Controller(family, link=link)
        host = Host()
        host.controller = controller
        controller.host = host
        self.device = Device(name=name, address=Address(address), host=host)
        self.device.on("connection", self.on_connection)
        self.address = address
        self.notify = Characteristic(
            UUID.from_16_bits(0xFFF4), Characteristic.Properties.NOTIFY, Characteristic.READABLE
        )
        self.notify.on("subscription", self.on_subscription)
        properties = Characteristic.Properties.WRITE | Characteristic.Properties.WRITE_WITHOUT_RESPONSE
        write = Characteristic(
            UUID.from_16_bits(0xFFF3),
            properties,
            Characteristic.WRITEABLE,
            CharacteristicValue(write=self.on_write),
        )
        self.device.add_service(Service(UUID.from_16_bits(0xFFF0), [write, self.notify]))

    def advertising_data(self):
        mac = bytes.fromhex(self.address.replace(":", ""))
        mac = mac[::-1] if self.family == "BM2" else mac
        block = mac + struct.pack(">HB", self.centivolts, self.charge)
        return bytes(
            AdvertisingData(
                [
                    (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, crypt(self.family, block)),
                    (AdvertisingData.COMPLETE_LOCAL_NAME, self.device.name.encode()),
                ]
            )
        )

    async def start(self):
        await self.device.power_on()
        await self.advertise()

    async def advertise(self):
        await self.device.start_advertising(
            auto_restart=False,
            advertising_data=self.advertising_data(),
            advertising_interval_min=50,
            advertising_interval_max=50,
        )

    def on_connection(self, connection):
        self.connection = connection
        connection.on("disconnection", self.on_disconnection)

    def on_disconnection(self, _reason):
        self.connection = None
        self.stop_streaming()
        asyncio.ensure_future(self.advertise())

    def on_subscription(self, _connection, notify, _indicate):
        if notify and self.family == "BM2":
            self.stream()
        elif not notify:
            self.stop_streaming()

    def stream(self):
        self.stop_streaming()
        self.streaming = asyncio.ensure_future(self.send_live_frames())

    def stop_streaming(self):
        if self.streaming:
            self.streaming.cancel()
            self.streaming = None

    async def send_live_frames(self):
        while True:
            await self.send(self.live_frame())
            await asyncio.sleep(0.25)

    def live_frame(self):
        if self.family == "BM2":
            return struct.pack(">BHBH", 0xF5, self.centivolts << 4 | 1, self.charge, 250)
        sign = 1 if self.celsius < 0 else 0
        return struct.pack(
            ">3sBBBBH", b"\xd1\x55\x07", sign, abs(self.celsius), 0, self.charge, self.centivolts
        )

    async def on_write(self, connection, value):
        request = crypt(self.family, value, decrypt=True)
        if self.family == "BM2":
            answers = self.answer_bm2(request)
        else:
            answers = self.answer_bm6(request)
        asyncio.ensure_future(self.send_all(answers))

    def answer_bm2(self, request):
        if request[:2] == b"\xe7\x01":
            return [b"\xe7" + struct.pack(">I", 4 * self.records)[1:]]
        if request[:1] != b"\xe3":
            return []
        record = struct.pack(">HH", 1236 << 4 | 1, 980 << 4 | 1)
        data = record * self.records
        blocks = [data[i : i + 16] for i in range(0, len(data), 16)]
        return [b"\xff\xff\xfe", *blocks, b"\xff\xfe\xfe" + struct.pack(">I", len(data) + 9)[1:]]

    def answer_bm6(self, request):
        if request[:3] == b"\xd1\x55\x07":
            self.stream()
            return [b"\xd1\x55\x07\xff"]
        if request[:3] == b"\xd1\x55\x01":
            return [b"\xd1\x55\x01\x01\x08\x00\x05"]
        if request[:3] != b"\xd1\x55\x05":
            return []
        start, end = struct.unpack(">H", request[4:6])[0], struct.unpack(">H", request[7:9])[0]
        count = max(0, min(end, self.records) - start)
        # 13.23 V, 83 %, 23 degrees: a record read off a real BM6.
        data = bytes.fromhex("52b53170") * count
        pages = [pad(data[i : i + 160], 160) for i in range(0, len(data), 160)]
        accepted = b"\xd1\x55\x05" + struct.pack(">HB", count, 0)
        return [accepted, *pages, b"\xff\xfe\xfe\x00" + struct.pack(">H", len(data) + 9)]

    async def send_all(self, frames):
        for frame in frames:
            await self.send(frame)

    async def send(self, plaintext):
        if self.connection:
            await self.device.notify_subscriber(
                self.connection, self.notify, crypt(self.family, plaintext), force=True
            )

    async def drop(self):
        if self.connection:
            await self.connection.disconnect()


async def open_pseudo_terminal():
    primary, replica = pty.openpty()
    tty.setraw(primary)
    loop = asyncio.get_running_loop()
    _, source = await loop.connect_read_pipe(StreamPacketSource, open(primary, "rb", closefd=False))
    writer, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, open(primary, "wb", closefd=False))
    return source, StreamPacketSink(writer), primary, replica


async def main():
    records = int(sys.argv[1])
    link = LocalLink()
    source, sink, primary, replica = await open_pseudo_terminal()
    controller = Controller("host", host_source=source, host_sink=sink, link=link)
    # Bumble's radio knows a sender by its random address, also where the host under test uses the public one.
    controller.random_address = controller.public_address
    monitors = [Monitor(link, *facts, records) for facts in MONITORS]
    for monitor in monitors:
        await monitor.start()
    print(json.dumps({"port": os.ttyname(replica)}), flush=True)

    stdin = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    while line := (await stdin.readline()).decode():
        command, _, address = line.strip().partition(" ")
        if command == "drop":
            for monitor in monitors:
                if monitor.address == address:
                    await monitor.drop()
        elif command == "unplug":
            os.close(replica)
            os.close(primary)


asyncio.run(main())
