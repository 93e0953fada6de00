import { expect, test } from 'vitest'
import { withoutModuleNames } from '../../src/bundle/module-name.js'

test('file names of wrapped modules are taken away, and every line keeps its place', () => {
  const code = [
    'var init_a = __esm({',
    '  "../../home/someone/a.js"() {',
    '    use("../../home/someone/a.js");',
    '  }',
    '});',
    '  var require_b = __commonJS({',
    '    "node_modules/b/\\"b\\".js"(exports) {',
    '  }',
    '});',
  ].join('\n')
  expect(withoutModuleNames(code)).toBe(
    [
      'var init_a = __esm({',
      '  ""() {',
      '    use("../../home/someone/a.js");',
      '  }',
      '});',
      '  var require_b = __commonJS({',
      '    ""(exports) {',
      '  }',
      '});',
    ].join('\n'),
  )
})
