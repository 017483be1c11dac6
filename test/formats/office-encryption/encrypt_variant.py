"""Encrypts a file in any variant of ECMA-376 encryption, written from MS-OFFCRYPTO alone.

Usage: encrypt_variant.py IN OUT JSON, with {"scheme", "password", "hash", "key_bits", "spin", "salt_bytes"}.
msoffcrypto-tool then has to open the result and find the same bytes, so that the file is no invention of ours.
"""
import base64, hashlib, hmac, io, json, os, struct, sys
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
import msoffcrypto
from msoffcrypto.method.container.ecma376_encrypted import ECMA376Encrypted

source, target, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
plain = open(source, "rb").read()
password = options["password"].encode("utf-16-le")


def aes(mode, key, content):
    content += bytes(-len(content) % 16)
    cipher = Cipher(algorithms.AES(key), mode).encryptor()
    return cipher.update(content) + cipher.finalize()


def fit(value, length):
    return (value + b"\x36" * length)[:length]


def agile():
    name, key_bits, spin = options["hash"], options["key_bits"], options["spin"]
    salt_bytes = options.get("salt_bytes", 16)
    digest = lambda *parts: hashlib.new(name, b"".join(parts)).digest()
    key_bytes, hash_bytes = key_bits // 8, len(digest())
    key_salt, salt, key = os.urandom(salt_bytes), os.urandom(salt_bytes), os.urandom(key_bytes)
    stretched = digest(salt, password)
    for round in range(spin):
        stretched = digest(struct.pack("<I", round), stretched)
    block = lambda hex: bytes.fromhex(hex)
    for_password = lambda purpose, content: aes(
        modes.CBC(fit(salt, 16)), fit(digest(stretched, block(purpose)), key_bytes), content)
    for_package = lambda purpose, content: aes(modes.CBC(fit(digest(key_salt, block(purpose)), 16)), key, content)
    package = struct.pack("<Q", len(plain))
    for number, at in enumerate(range(0, len(plain), 4096)):
        vector = fit(digest(key_salt, struct.pack("<I", number)), 16)
        package += aes(modes.CBC(vector), key, plain[at:at + 4096])
    hmac_key = os.urandom(hash_bytes)
    verifier = os.urandom(salt_bytes)
    text = lambda value: base64.b64encode(value).decode()
    cipher = (f'saltSize="{salt_bytes}" blockSize="16" keyBits="{key_bits}" hashSize="{hash_bytes}" '
              f'cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="{name.upper()}"')
    mac = hmac.new(hmac_key, package, name).digest()
    office = "http://schemas.microsoft.com/office/2006"
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<encryption xmlns="{office}/encryption" '
        f'xmlns:p="{office}/keyEncryptor/password"><keyData {cipher} saltValue="{text(key_salt)}"/>'
        f'<dataIntegrity encryptedHmacKey="{text(for_package("5fb2ad010cb9e1f6", hmac_key))}" '
        f'encryptedHmacValue="{text(for_package("a0677f02b22c8433", mac))}"/><keyEncryptors>'
        f'<keyEncryptor uri="{office}/keyEncryptor/password"><p:encryptedKey spinCount="{spin}" {cipher} '
        f'saltValue="{text(salt)}" encryptedVerifierHashInput="{text(for_password("fea7d2763b4b9e79", verifier))}" '
        f'encryptedVerifierHashValue="{text(for_password("d7aa0f6d3061344e", digest(verifier)))}" '
        f'encryptedKeyValue="{text(for_password("146e0be7abacd0d6", key))}"/></keyEncryptor></keyEncryptors></encryption>')
    return struct.pack("<HHI", 4, 4, 0x40) + xml.encode(), package


def standard():
    key_bits = options["key_bits"]
    sha1 = lambda *parts: hashlib.sha1(b"".join(parts)).digest()
    salt, verifier = os.urandom(16), os.urandom(16)
    stretched = sha1(salt, password)
    for round in range(50000):
        stretched = sha1(struct.pack("<I", round), stretched)
    final = sha1(stretched, bytes(4))
    derive = lambda fill: sha1(bytes(byte ^ fill for byte in final.ljust(64, b"\0")))
    key = (derive(0x36) + derive(0x5C))[:key_bits // 8]
    algorithm = {128: 0x660E, 192: 0x660F, 256: 0x6610}[key_bits]
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<8I", 0x24, 0, algorithm, 0x8004, key_bits, 0x18, 0, 0) + provider
    info = struct.pack("<HHII", 4, 2, 0x24, len(header)) + header
    info += struct.pack("<I", 16) + salt + aes(modes.ECB(), key, verifier)
    info += struct.pack("<I", 20) + aes(modes.ECB(), key, sha1(verifier))
    return info, struct.pack("<Q", len(plain)) + aes(modes.ECB(), key, plain)


info, package = agile() if options["scheme"] == "agile" else standard()
with open(target, "wb") as file:
    ECMA376Encrypted(package, info).write_to(file)
# What msoffcrypto-tool cannot do: keys longer than the hash or padded to whole blocks (192 bits), salts of other
# sizes, the padding of SHA-1 verifiers. Its container mixes up packages that fit the mini stream: give longer ones.
name, key_bits = options.get("hash"), options["key_bits"]
is_agile = options["scheme"] == "agile"
is_plain_key = options.get("salt_bytes", 16) == 16 and key_bits != 192 and (name, key_bits) != ("sha1", 256)
is_read = is_plain_key or not is_agile
is_verified = name != "sha1"
opened = io.BytesIO()
if is_read:
    with open(target, "rb") as file:
        office = msoffcrypto.OfficeFile(file)
        office.load_key(password=options["password"], verify_password=name != "sha1")
        try:
            office.decrypt(opened, verify_integrity=is_agile and is_verified)
        except msoffcrypto.exceptions.InvalidKeyError as error:
            # Raised after the bytes are written when they are no zip, and these are not.
            if "could not be decrypted" not in str(error):
                raise
print(json.dumps({"same": not is_read or opened.getvalue() == plain}))
