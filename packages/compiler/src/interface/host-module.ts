import { namespace, portableFunctions, type Signature } from '@extism-ws/protocol'

import { isSocketFunction } from '../link/host-function.js'
import type { ImportDeclaration } from './interface.js'
import { readSignature } from './signature.js'
import type { Source, Span } from './source.js'
import type { AmbientModule, FunctionType, Interface, Method } from './syntax.js'

const host = 'extism:host'

/** Whether a module of that name declares host functions. */
export function isHostModule({ name }: AmbientModule): boolean {
  return name === host || name.startsWith(`${host}/`)
}

/**
 * The functions of `declare module "extism:host" { interface user { … } }`; the older
 * `declare module "extism:host/user"` names the namespace itself.
 *
 * @throws {EwsError} `EWS_BUILD` at the place of what cannot be a host function.
 */
export function readHostModule(source: Source, module: AmbientModule): ImportDeclaration[] {
  return module.body.flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type === 'TSInterfaceDeclaration') {
      const from = module.name === host ? `${host}/${declared.id.name}` : module.name
      return readInterface(source, from, declared)
    }
    if (declared?.type === 'TSDeclareFunction') {
      throw source.error(
        declared,
        `a function of "${module.name}" belongs into an interface: write ` +
          `\`declare module "${host}" { interface user { … } }\``,
      )
    }
    return []
  })
}

function readInterface(source: Source, from: string, { body }: Interface): ImportDeclaration[] {
  return body.body.flatMap((member) => {
    const found =
      member.type === 'TSMethodSignature' && member.kind === 'method'
        ? method(member)
        : member.type === 'TSPropertySignature'
          ? functionOf(member.typeAnnotation?.typeAnnotation)
          : undefined
    if (found === undefined || !('key' in member)) {
      throw source.error(
        member,
        'a host function is declared as a method: write `name(a: I64): I64`',
      )
    }
    const name = nameOf(member)
    if (name === undefined) {
      throw source.error(member.key, 'the name of a host function must be written out')
    }
    const signature = readSignature(source, name, {
      start: member.start,
      end: member.end,
      ...found,
    })
    if (from === namespace && isSocketFunction(name)) {
      // The official compiler needs these declared; here a plugin that opens sockets imports them.
      if (isOurs(name, signature)) return []
      throw source.error(
        member.key,
        `"${name}" is a host function of extism-ws, with other types: remove it here, a plugin ` +
          'that opens sockets imports it by itself',
      )
    }
    return { namespace: from, name, signature, place: source.place(member.key) }
  })
}

/** Whether a declaration is the one that `@extism-ws/guest/extism-host` has. */
function isOurs(name: string, { params, result }: Signature): boolean {
  const ours = (portableFunctions as Readonly<Record<string, Signature>>)[name]
  const types = (signature: Signature): string => signature.params.map(([, type]) => type).join()
  return ours !== undefined && ours.result === result && types(ours) === types({ params, result })
}

type Found = Omit<Parameters<typeof readSignature>[2], keyof Span>

function method({ parameters, typeAnnotation, typeParameters }: Method): Found {
  return { parameters, result: typeAnnotation, generic: typeParameters }
}

function functionOf(type: { readonly type: string } | undefined): Found | undefined {
  if (type?.type !== 'TSFunctionType') return undefined
  const { parameters, typeAnnotation, typeParameters } = type as FunctionType
  return { parameters, result: typeAnnotation, generic: typeParameters }
}

function nameOf({
  key,
  computed,
}: {
  key: object
  computed?: boolean | undefined
}): string | undefined {
  if (computed === true) return undefined
  const { name, value } = key as { name?: unknown; value?: unknown }
  const found = name ?? value
  return typeof found === 'string' ? found : undefined
}
