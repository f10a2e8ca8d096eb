"""Verifies a ledger by Python's own SHA-256 and JSON, as `src/journal/ledger/mod.rs` describes the format, and checks
proofs of it. Then a changed byte in each line must be seen.

usage: python ledger_hashlib.py LEDGER PROOFS
"""

import hashlib
import json
import sys


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaves):
    """RFC 6962, section 2.1, over hashes of leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha()
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return sha(b"\1", root(leaves[:split]), root(leaves[split:]))


def leaf(data):
    return sha(b"\0", data)


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def verify(lines):
    """The last root, or an AssertionError with the number of the first line that does not hold."""
    last = chain = None
    records, leaves, roots, batch, ended = 0, [], [], 0, False
    for number, line in enumerate(lines, 1):
        try:
            assert line.endswith(b"\n") and not ended
            row = json.loads(line)
            assert text(row) == line[:-1], "another text of the same"
            if "ledger" in row:
                assert number == 1
                last = chain = sha(text(row["ledger"]))
                assert row["hash"] == last.hex()
                batch = row["ledger"]["batch"]
            elif "record" in row:
                record = text(row["record"])
                last = sha(last, record)
                assert row["record"]["n"] == records and row["hash"] == last.hex() and len(leaves) < batch
                leaves.append(leaf(record))
                records += 1
            elif "batch" in row:
                own = root(leaves)
                chain = sha(chain, own)
                told = {"n": len(roots), "first": records - len(leaves), "records": len(leaves)}
                assert row == {"batch": told, "root": own.hex(), "chain": chain.hex()} and leaves
                roots.append(leaf(own))
                leaves = []
            else:
                ended = not leaves
                told = {"records": records, "batches": len(roots)}
                assert row == {"end": told, "root": root(roots).hex()}
        except (AssertionError, ValueError, KeyError, TypeError, AttributeError) as why:
            raise AssertionError(number) from why
    assert ended, len(lines) + 1
    return root(roots)


def climb(own, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    last = size - 1
    for other in map(bytes.fromhex, path):
        if index & 1 or index == last:
            own = sha(b"\1", other, own)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            own = sha(b"\1", own, other)
        index, last = index >> 1, last >> 1
    return own


def main(ledger, proofs):
    with open(ledger, "rb") as file:
        lines = file.readlines()
    found = verify(lines)
    with open(proofs, "rb") as file:
        proved = [json.loads(line) for line in file]
    assert proved
    for proof in proved:
        own = climb(leaf(text(proof["record"])), proof["index"], proof["records"], proof["path"])
        assert climb(leaf(own), proof["batch"], proof["batches"], proof["batch_path"]) == found
    # Some lines of each kind: the whole is read for each.
    step = max(1, len(lines) // 20)
    for number in list(range(0, len(lines), step)) + [len(lines) - 1]:
        place = number * 7919 % (len(lines[number]) - 1)
        changed = bytearray(lines[number])
        changed[place] ^= 1 << number % 7
        try:
            verify(lines[:number] + [bytes(changed)] + lines[number + 1 :])
        except AssertionError as seen:
            assert seen.args[0] == number + 1, (seen.args, number + 1)
        else:
            sys.exit(f"line {number + 1} was changed at {place + 1}, and nobody saw it")
    print(f"{len(lines)} lines hold, {len(proved)} proofs lead to {found.hex()}")


main(*sys.argv[1:])
