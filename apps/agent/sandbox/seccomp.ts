import { arch } from "node:os";

/** System calls that no command needs and every escape wants, by processor: their numbers in the kernel. */
const forbidden = {
  x64: {
    audit: 0xc000003e,
    ioctl: 16,
    clone3: 435,
    calls: [
      101,
      310,
      311, // ptrace, process_vm_readv, process_vm_writev
      246,
      320,
      169, // kexec_load, kexec_file_load, reboot
      175,
      313,
      176, // init_module, finit_module, delete_module
      321,
      298,
      323,
      425, // bpf, perf_event_open, userfaultfd, io_uring_setup
      248,
      249,
      250, // add_key, request_key, keyctl
      165,
      166,
      155,
      428,
      429,
      430,
      432,
      442, // mount and its relatives
      272,
      308,
      304, // unshare, setns, open_by_handle_at
      167,
      168,
      179,
      163,
      164,
      227,
      172,
      173, // swap, quota, accounting, clock, ports
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    ioctl: 29,
    clone3: 435,
    calls: [
      117, 270, 271, 104, 294, 142, 105, 273, 106, 280, 241, 282, 425, 217, 218, 219, 40, 39, 41, 428, 429, 430, 432,
      442, 97, 268, 265, 224, 225, 60, 89, 170, 112,
    ],
  },
} as const;

const LOAD = 0x20;
const EQUAL = 0x15;
const AT_LEAST = 0x35;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const NOT_PERMITTED = 0x00050001;
/** What a kernel without clone3 says, so that the C library uses clone, which the filter can look into. */
const NOT_KNOWN = 0x00050026;
/** In the flags of clone: a new user namespace, with which a command would gain capabilities. */
const NEW_USER = 0x10000000;
/** Types into a terminal as if its user did. */
const TIOCSTI = 0x5412;
/** Numbers from here on belong to another calling convention of the same processor (x32). */
const OTHER_CONVENTION = 0x40000000;
const CLONE = { x64: 56, arm64: 220 };

/** Offsets in struct seccomp_data. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;
const SECOND_ARGUMENT = 24;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** The filter of strict isolation as bubblewrap takes it; undefined for a processor that it is not written for. */
export function seccompProgram(): Buffer | undefined {
  const processor = arch();
  if (processor !== "x64" && processor !== "arm64") return undefined;
  const { audit, ioctl, clone3, calls } = forbidden[processor];
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCHITECTURE],
    [EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD, 0, 0, NUMBER],
    [AT_LEAST, 0, 1, OTHER_CONVENTION],
    [RETURN, 0, 0, KILL_PROCESS],
    ...refuse(clone3, NOT_KNOWN),
    ...calls.flatMap((call) => refuse(call, NOT_PERMITTED)),
    ...refuseArgument(ioctl, SECOND_ARGUMENT, [EQUAL, 0, 1, TIOCSTI]),
    ...refuseArgument(CLONE[processor], FIRST_ARGUMENT, [0x45, 0, 1, NEW_USER]),
    [RETURN, 0, 0, ALLOW],
  ];
  return Buffer.concat(program.map(encode));
}

function refuse(call: number, answer: number): Instruction[] {
  return [
    [EQUAL, 0, 1, call],
    [RETURN, 0, 0, answer],
  ];
}

/** Refuses one call when a test of one of its arguments holds; loads the number again for what follows. */
function refuseArgument(call: number, argument: number, test: Instruction): Instruction[] {
  return [[EQUAL, 0, 4, call], [LOAD, 0, 0, argument], test, [RETURN, 0, 0, NOT_PERMITTED], [LOAD, 0, 0, NUMBER]];
}

/** struct sock_filter */
function encode([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
