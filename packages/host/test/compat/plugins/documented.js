// A plugin in the form in which js-pdk's documentation shows them: CommonJS, Host and its friends, an
// interface file. It was not written for this compiler, and knows nothing of it.

const { shout } = Host.getFunctions()

function hello() {
  const name = Host.inputString()
  if (name === 'Nobody') {
    throw new Error('there is nobody to greet')
  }
  Host.outputString(`Hello, ${name}!`)
}

function add() {
  const { a, b } = JSON.parse(Host.inputString())
  Host.outputString(JSON.stringify({ sum: a + b }))
}

function visits() {
  let count = parseInt(Var.getString('visits') || '0', 10)
  count += 1
  Var.set('visits', count.toString())
  Host.outputString(count.toString())
}

function who() {
  console.log('asked who')
  Host.outputString(`I am ${Config.get('user')}`)
  return 0
}

function loud() {
  const memory = Memory.fromString(Host.inputString())
  Host.outputString(Memory.find(shout(memory.offset)).readString())
}

function vowels() {
  const bytes = new Uint8Array(Host.inputBytes())
  const text = new TextDecoder().decode(bytes)
  Host.outputBytes(new TextEncoder().encode(text.replace(/[^aeiou]/gi, '')).buffer)
}

module.exports = { hello, add, visits, who, loud, vowels }
