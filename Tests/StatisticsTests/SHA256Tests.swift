import Statistics
import Testing

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("user-12345", "43a2f41a7bffacce74013d74a2f459db5d69d38e061cb8d0e5e262102e2d98d7"),
    ])
    func `SHA-256 agrees with the standard's examples`(text: String, digest: String) {
        #expect(SHA256.hexadecimal(Array(text.utf8)) == digest)
    }
}
