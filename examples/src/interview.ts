import type { WebSocket } from 'ws'

/** What an interviewer asks, one after the other, each when the one before was answered. */
const questions = [
  'Are you there?',
  'Do you like it in a sandbox?',
  'Can you find a needle in a million haystacks?',
  'Are you still there?',
  'Was that the same connection?',
]
/** So that a person can watch, in milliseconds. */
const pauseMs = 150

/** Asks every question; answers each with its answer when the last has come. */
export async function interview(socket: WebSocket, log: (line: string) => void): Promise<string[]> {
  const answers: string[] = []
  for (const question of questions) {
    log(`asks     ${question}`)
    socket.send(question)
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('message', (data) => resolve(String(data)))
      socket.once('close', () => reject(new Error('the connection has ended')))
    })
    answers.push(answer)
    log(`is told  ${answer}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return answers
}

export const questionCount = questions.length
