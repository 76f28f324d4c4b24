// A client of the car registry that is not written in Python: node registry.js HOST PORT
//
// It speaks the JSON notation: each message is its length in bytes, as four bytes, and that many
// bytes of JSON. It checks what it is told, and stops the server at its end.

'use strict';

const assert = require('node:assert/strict');
const net = require('node:net');

class Registry {
  constructor(host, port) {
    this.received = Buffer.alloc(0);
    this.waiting = [];
    this.ended = new Promise((resolve, reject) => {
      this.socket = net.connect(port, host);
      this.socket.on('error', reject);
      this.socket.on('end', resolve);
    });
    this.socket.on('data', (data) => this.take(data));
  }

  take(data) {
    this.received = Buffer.concat([this.received, data]);
    while (this.received.length >= 4) {
      const end = 4 + this.received.readUInt32BE();
      if (this.received.length < end) {
        break;
      }
      const reply = JSON.parse(this.received.subarray(4, end).toString('utf8'));
      this.received = this.received.subarray(end);
      this.waiting.shift()(reply);
    }
  }

  send(...requests) {
    const frames = requests.flatMap((request) => {
      const payload = Buffer.from(JSON.stringify(request), 'utf8');
      const size = Buffer.alloc(4);
      size.writeUInt32BE(payload.length);
      return [size, payload];
    });
    this.socket.write(Buffer.concat(frames));
  }

  // Sends requests without waiting in between, and resolves with the replies to them.
  ask(...requests) {
    const replies = requests.map(() => new Promise((resolve) => this.waiting.push(resolve)));
    this.send(...requests);
    return Promise.all(replies);
  }
}

async function main(host, port) {
  const registry = new Registry(host, port);
  const done = [true, null];

  assert.deepEqual(await registry.ask(['GET_CAR_DETAILS', '024 HYR']), [
    [true, 2, 97543, 'Jack Lemon'],
  ]);
  assert.deepEqual(await registry.ask(['NEW_REGISTRATION', 'NODE 1', 5, 0, 'Zoë 王 🚗']), [done]);
  assert.deepEqual(await registry.ask(['GET_CAR_DETAILS', 'NODE 1']), [
    [true, 5, 0, 'Zoë 王 🚗'],
  ]);
  assert.deepEqual(await registry.ask(['CHANGE_OWNER', 'NODE 1', 'Đặng Thị "Ẩn"\\']), [done]);
  assert.deepEqual(await registry.ask(['CHANGE_MILEAGE', 'NODE 1', 9007199254740991]), [done]);
  assert.deepEqual(await registry.ask(['GET_LICENSES_STARTING_WITH', 'NODE']), [
    [true, ['NODE 1']],
  ]);
  assert.deepEqual(await registry.ask(['GET_LICENSES_STARTING_WITH', 'NODE', 'NODE 1']), [
    [true, []],
  ]);

  // Many at once: the replies come in the order of the requests, the refusals among them.
  assert.deepEqual(
    await registry.ask(
      ['GET_CAR_DETAILS', 'NODE 1'],
      ['NEW_REGISTRATION', 'NODE 1', 5, 0, 'x'],
      ['CHANGE_MILEAGE', 'NODE 1', 1],
      ['GET_CAR_DETAILS', 'NODE 2'],
      ['CHANGE_MILEAGE', 'NODE 1', '1'],
      ['FLY'],
      [],
      ['NEW_REGISTRATION', 'NODE 2', 9, 1, 'x'],
    ),
    [
      [true, 5, 9007199254740991, 'Đặng Thị "Ẩn"\\'],
      [false, 'Cannot register duplicate license'],
      [false, 'Cannot wind the odometer back'],
      [false, 'This license is not registered'],
      [false, 'Wrong type of mileage; expected an integer'],
      [
        false,
        'Unknown action; expected one of GET_CAR_DETAILS, CHANGE_MILEAGE, CHANGE_OWNER, ' +
          'NEW_REGISTRATION, GET_LICENSES_STARTING_WITH, SHUTDOWN',
      ],
      [false, 'Expected a tuple of the name of an action and its arguments'],
      done,
    ],
  );
  // Each takes effect in its turn, too.
  assert.deepEqual(
    await registry.ask(
      ['NEW_REGISTRATION', 'NODE 3', 6, 1, 'x'],
      ['GET_CAR_DETAILS', 'NODE 3'],
      ['CHANGE_OWNER', 'NODE 3', 'y'],
      ['CHANGE_MILEAGE', 'NODE 3', 2],
      ['GET_CAR_DETAILS', 'NODE 3'],
    ),
    [done, [true, 6, 1, 'x'], done, done, [true, 6, 2, 'y']],
  );
  const licenses = Array.from({ length: 500 }, (_, index) => `MANY ${1000 + index}`);
  const registered = await registry.ask(
    ...licenses.map((license) => ['NEW_REGISTRATION', license, 4, 0, 'x']),
  );
  assert.deepEqual(registered, licenses.map(() => done));
  assert.deepEqual(await registry.ask(['GET_LICENSES_STARTING_WITH', 'MANY']), [[true, licenses]]);

  // There is no reply to this one but the end of the stream.
  registry.send(['SHUTDOWN']);
  await registry.ended;
  assert.equal(registry.waiting.length, 0);
  registry.socket.end();
  console.log('all is as it should be');
}

main(process.argv[2], Number(process.argv[3])).catch((error) => {
  console.error(error);
  process.exit(1);
});
