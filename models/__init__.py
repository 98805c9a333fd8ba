"""Turn checkpoints into packs: the model factory, which the product never imports.

A checkpoint folder flows in (``checkpoint``), its audio tower becomes two ONNX graphs
(``encoder_frontend``, ``encoder_backend``, ``optimize``, ``quantize_encoder``), its text decoder a
GGUF file (``decoder_gguf``, ``quantize_decoder``); ``manifest`` describes the files and ``export``
runs all of it and moves the finished pack into place.
"""
