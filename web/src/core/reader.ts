/** Bytes read one after the other; a RangeError where there are no more. */

export class Reader {
  private readonly data: Uint8Array<ArrayBuffer>;
  private at = 0;

  constructor(data: Uint8Array<ArrayBuffer>) {
    this.data = data;
  }

  get isAtEnd(): boolean {
    return this.at >= this.data.length;
  }

  u8(): number {
    const value = this.data[this.at];
    if (value === undefined) throw new RangeError("the message is cut off");
    this.at += 1;
    return value;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  i32(): number {
    return (this.u16() << 16) | this.u16();
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const found = this.data.subarray(this.at, this.at + count);
    if (found.length < count) throw new RangeError("the message is cut off");
    this.at += count;
    return found;
  }

  /** Tight's lengths: seven bits in each of up to three bytes, the lowest first. */
  compactLength(): number {
    let length = 0;
    for (const shift of [0, 7, 14]) {
      const byte = this.u8();
      length |= (shift < 14 ? byte & 0x7f : byte) << shift;
      if ((byte & 0x80) === 0) break;
    }
    return length;
  }
}
