import { sentences } from './play.js'

// WebIDL §3.7 for the interfaces of WHATWG WebSockets, DOM §2 and HTML §9.1, with their fragments.
sentences('interfaces', [
  [
    'Objects, prototypes, constants, attributes and operations are as WebIDL has them, and nothing else is there',
    'violations',
    '',
    [],
  ],
])
