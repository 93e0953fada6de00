import { BlockList, isIPv4, isIPv6 } from 'node:net'

type Subnet = readonly [network: string, prefix: number]

/** Addresses no plugin reaches through a name. Source: IANA special-purpose registry (RFC 6890). */
const refusedSubnets4: readonly Subnet[] = [
  ['0.0.0.0', 8], // this network; 0.0.0.0 connects to loopback on Linux and macOS
  ['10.0.0.0', 8], // private, RFC 1918
  ['100.64.0.0', 10], // carrier-grade NAT, RFC 6598; Alibaba's metadata service is in it
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's platform service: a public number, answered inside the cloud
  ['169.254.0.0', 16], // link-local, RFC 3927; cloud metadata services
  ['172.16.0.0', 12], // private, RFC 1918
  ['192.0.0.0', 24], // IETF protocol assignments; Oracle's metadata service
  ['192.0.2.0', 24], // documentation, RFC 5737
  ['192.88.99.0', 24], // 6to4 relays, RFC 7526
  ['192.168.0.0', 16], // private, RFC 1918
  ['198.18.0.0', 15], // benchmarking, RFC 2544
  ['198.51.100.0', 24], // documentation, RFC 5737
  ['203.0.113.0', 24], // documentation, RFC 5737
  ['224.0.0.0', 4], // multicast, RFC 5771
  ['240.0.0.0', 4], // reserved and broadcast
]

/** IPv6 is deny by default: only these are candidates, so that unique-local needs no mention. */
const reachableSubnets6: readonly Subnet[] = [
  ['2000::', 3], // global unicast, RFC 4291
  ['::ffff:0:0', 96], // IPv4-mapped, RFC 4291
  ['64:ff9b::', 96], // NAT64, RFC 6052: how an IPv6-only host reaches an IPv4 server
]

const refusedSubnets6: readonly Subnet[] = [
  ['2001::', 23], // IETF protocol assignments, among them Teredo (RFC 4380) and benchmarking
  ['2001:db8::', 32], // documentation, RFC 3849
  ['2002::', 16], // 6to4, RFC 7526: deprecated, and can carry any IPv4 address
  ['3fff::', 20], // documentation, RFC 9637
  ...refusedSubnets4.flatMap(([network, prefix]): Subnet[] => [
    [`::ffff:${network}`, prefix + 96],
    [`64:ff9b::${network}`, prefix + 96],
  ]),
]

const refused4 = blockList(refusedSubnets4, 'ipv4')
const refused6 = blockList(refusedSubnets6, 'ipv6')
const reachable6 = blockList(reachableSubnets6, 'ipv6')
const loopback4 = blockList([['127.0.0.0', 8]], 'ipv4')

/**
 * Whether an IP address belongs to the public Internet.
 *
 * False for private, loopback, link-local, unique-local, shared (CGNAT), multicast, broadcast,
 * documentation, benchmarking and metadata addresses, for IPv6 forms that embed one of them, for
 * scoped addresses (`fe80::1%eth0`), and for whatever is not an IP address.
 *
 * @param address Dotted IPv4 or IPv6 without brackets.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused4.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  return reachable6.check(address, 'ipv6') && !refused6.check(address, 'ipv6')
}

/** Whether an IP address is `127.0.0.0/8` or `::1` (RFC 6761 §6.3: all that `localhost` may be). */
export function isLoopbackAddress(address: string): boolean {
  if (isIPv4(address)) return loopback4.check(address, 'ipv4')
  return address === '::1'
}

function blockList(subnets: readonly Subnet[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family)
  return list
}
