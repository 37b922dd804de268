"""The engine: trajectories advanced an evaluation at a time. `sfumato.engine.engine.Engine` is the way in.

| file | its job |
|---|---|
| engine, job, bench, events | jobs in, events out, one unit of work a turn; what all jobs share |
| stages, prepare, inputs | one job from beginning to end as a generator; its first stage; what a VAE is given |
| trajectory, stepper, batching | one image's steps; evaluating what they want; how many share a network call |
| noise, checkpoint | noise by image, step and draw; positions as safetensors |
| inpainting, pictures, encodings | what stays of a picture; bytes to tensors and back; what VAEs made of them |
| blame | what a plugin does wrong, by name |
| plugins, plugin_import, plugin_faults | loading what was found; importing it; what is wrong and what to do |
| registry, namespaces, card_check | contributions by kind and id; whose id it is; what may travel |
| families, model_store | architectures; the models that are known and loaded |

Importing this package, its plugins or its registry does not import torch.
"""
