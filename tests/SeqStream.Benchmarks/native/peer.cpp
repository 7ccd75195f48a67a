/*
 * peer.cpp - a hand-written LSTM (40,64) step behind a C function, so that other programs can time it in turns with their own.
 * Compiled with -DPEER='"hand.cpp"', the kernels of which it takes as they are.
 */
#define main peer_main
#include PEER
#undef main

static Net net;
static float *hidden, *next_hidden, *cell;

extern "C" void peer_open() {
    mknet(net, 40, 64, true, 4);
    hidden = alloc(64);
    next_hidden = alloc(64);
    cell = alloc(64);
}

extern "C" void peer_step(const float *features, float *answers) {
    step1<true, 4, 1>(net, features, hidden, cell, next_hidden);
    std::swap(hidden, next_hidden);
    memcpy(answers, hidden, 64 * sizeof(float));
}
