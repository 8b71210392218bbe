/// SHA-256 (FIPS 180-4), for a few short names: which arm a user is in, by which key an alert is known elsewhere.
package enum SHA256 {
    private static let initial: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    /// The 32 bytes of the digest.
    package static func digest(_ message: [UInt8]) -> [UInt8] {
        let words = words(of: message)
        return words.indices.flatMap { bigEndian(words[$0]) }
    }

    /// The digest in 64 hexadecimal digits.
    package static func hexadecimal(_ message: [UInt8]) -> String {
        digest(message).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The digest as eight numbers, the first 32 bits first. Makes no array: users are hashed while requests are counted.
    static func words(of message: [UInt8]) -> InlineArray<8, UInt32> {
        var state = InlineArray<8, UInt32> { initial[$0] }
        let bits = UInt64(message.count) * 8
        // A one, and the length in the last eight bytes.
        let blocks = (message.count + 9 + 63) / 64
        for block in 0..<blocks {
            var words = InlineArray<64, UInt32>(repeating: 0)
            for index in 0..<16 {
                for place in 0..<4 {
                    let at = block * 64 + index * 4 + place
                    let byte: UInt8 =
                        at < message.count
                        ? message[at]
                        : at == message.count
                            ? 0x80
                            : at >= blocks * 64 - 8
                                ? UInt8(truncatingIfNeeded: bits >> UInt64(8 * (blocks * 64 - 1 - at))) : 0
                    words[index] = words[index] << 8 | UInt32(byte)
                }
            }
            compress(&words, into: &state)
        }
        return state
    }

    private static func compress(_ words: inout InlineArray<64, UInt32>, into state: inout InlineArray<8, UInt32>) {
        for t in 16..<64 {
            let s0 = rotate(words[t - 15], 7) ^ rotate(words[t - 15], 18) ^ words[t - 15] >> 3
            let s1 = rotate(words[t - 2], 17) ^ rotate(words[t - 2], 19) ^ words[t - 2] >> 10
            words[t] = words[t - 16] &+ s0 &+ words[t - 7] &+ s1
        }
        var h = state
        for t in 0..<64 {
            let s1 = rotate(h[4], 6) ^ rotate(h[4], 11) ^ rotate(h[4], 25)
            let choice = (h[4] & h[5]) ^ (~h[4] & h[6])
            let first = h[7] &+ s1 &+ choice &+ constants[t] &+ words[t]
            let s0 = rotate(h[0], 2) ^ rotate(h[0], 13) ^ rotate(h[0], 22)
            let majority = (h[0] & h[1]) ^ (h[0] & h[2]) ^ (h[1] & h[2])
            h = [first &+ s0 &+ majority, h[0], h[1], h[2], h[3] &+ first, h[4], h[5], h[6]]
        }
        for index in 0..<8 { state[index] = state[index] &+ h[index] }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    private static func bigEndian(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * (3 - $0))) }
    }
}
