import { expect, test } from 'vitest'
import { isLoopbackAddress, isPublicAddress } from '../../src/policy/address.js'

const publicAddresses = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2001:db7:ffff::1',
  '2003::1',
  '2606:4700:4700::1111',
  '3fff:1000::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
]

test.each(publicAddresses)('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

const refusedAddresses = [
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'this network'],
  ['10.0.0.1', 'private'],
  ['10.255.255.255', 'private'],
  ['100.64.0.1', 'shared'],
  ['100.100.100.200', 'Alibaba metadata'],
  ['100.127.255.255', 'shared'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['168.63.129.16', 'Azure platform service'],
  ['169.254.169.254', 'metadata'],
  ['169.254.0.1', 'link-local'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.0.0.192', 'Oracle metadata'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', '6to4 relay'],
  ['192.168.1.1', 'private'],
  ['198.18.0.1', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['198.51.100.7', 'documentation'],
  ['203.0.113.7', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback, written out'],
  ['::7f00:1', 'IPv4-compatible loopback'],
  ['::8.8.8.8', 'IPv4-compatible'],
  ['::ffff:127.0.0.1', 'IPv4-mapped loopback'],
  ['::ffff:7f00:1', 'IPv4-mapped loopback in hexadecimal'],
  ['::FFFF:A9FE:A9FE', 'IPv4-mapped metadata in capitals'],
  ['::ffff:10.0.0.1', 'IPv4-mapped private'],
  ['::ffff:172.31.0.1', 'IPv4-mapped private'],
  ['::ffff:0:127.0.0.1', 'IPv4-translated'],
  ['64:ff9b::7f00:1', 'NAT64 of loopback'],
  ['64:ff9b::169.254.169.254', 'NAT64 of metadata'],
  ['64:ff9b:1::808:808', 'local-use NAT64'],
  ['100::1', 'discard'],
  ['2001::1', 'Teredo'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
  ['2001:2::1', 'benchmarking'],
  ['2001:1ff:ffff::1', 'protocol assignments'],
  ['2001:db8::1', 'documentation'],
  ['2002:7f00:1::', '6to4 of loopback'],
  ['2002:a00:1::1', '6to4 of private'],
  ['3fff:fff::1', 'documentation'],
  ['4000::1', 'not allocated'],
  ['fc00::1', 'unique-local'],
  ['fd00:ec2::254', 'AWS metadata'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with scope'],
  ['2606:4700::1%eth0', 'scoped'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['', 'nothing'],
  ['localhost', 'a name'],
  ['[::1]', 'bracketed'],
  ['2130706433', 'a number'],
  ['010.0.0.1', 'octal'],
] as const

test.each(refusedAddresses)('%s is not public (%s)', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test('loopback is 127.0.0.0/8 and ::1, nothing else', () => {
  const addresses = ['127.0.0.1', '127.9.9.9', '::1', '128.0.0.1', '10.0.0.1', '::2', 'localhost']
  expect(addresses.filter(isLoopbackAddress)).toEqual(['127.0.0.1', '127.9.9.9', '::1'])
})
