import { expect, test } from 'vitest'
import { withoutModuleNames } from '../../src/bundle/module-name.js'

test('file names of wrapped modules become numbers, and every line keeps its place', () => {
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
      '  "m0"() {',
      '    use("../../home/someone/a.js");',
      '  }',
      '});',
      '  var require_b = __commonJS({',
      '    "m1"(exports) {',
      '  }',
      '});',
    ].join('\n'),
  )
})
