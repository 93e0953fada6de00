import { expect, test } from 'vitest'

import { Rejections } from '../../src/loop/rejections.js'

test('rejections without a handler are taken in order', () => {
  const rejections = new Rejections()
  rejections.track({}, 'first', false)
  rejections.track({}, 'second', false)
  expect(rejections.take()).toEqual(['first', 'second'])
})

test('each is taken once', () => {
  const rejections = new Rejections()
  rejections.track({}, 'reason', false)
  rejections.take()
  expect(rejections.take()).toEqual([])
})

test('one that got a handler before the task was over is not taken', () => {
  const rejections = new Rejections()
  const promise = {}
  rejections.track(promise, 'handled', false)
  rejections.track({}, 'unhandled', false)
  rejections.track(promise, 'handled', true)
  expect(rejections.take()).toEqual(['unhandled'])
})

test('a handler that comes after it was taken changes nothing', () => {
  const rejections = new Rejections()
  const promise = {}
  rejections.track(promise, 'late', false)
  expect(rejections.take()).toEqual(['late'])
  rejections.track(promise, 'late', true)
  expect(rejections.take()).toEqual([])
})

test('two promises with the same reason are two rejections', () => {
  const rejections = new Rejections()
  const reason = new Error('x')
  rejections.track({}, reason, false)
  rejections.track({}, reason, false)
  expect(rejections.take()).toEqual([reason, reason])
})

test('a promise that was rejected without a reason counts', () => {
  const rejections = new Rejections()
  rejections.track({}, undefined, false)
  expect(rejections.take()).toEqual([undefined])
})
